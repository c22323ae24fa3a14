import pytest


@pytest.fixture(autouse=True)
def quiet_about_convergence():
    """Short trainings end before they converge, and say so; the test of that warning asks for it itself."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning

    warnings.simplefilter("ignore", ConvergenceWarning)
