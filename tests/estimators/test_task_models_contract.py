"""scikit-learn's own checks of the models of several tasks, none expected to fail."""

import numpy as np
from sklearn.utils.estimator_checks import parametrize_with_checks

from gradatim.estimators import ClusteredMultiTask, JointSparsity, LowRank, RobustMultiTask


@parametrize_with_checks(
    [
        JointSparsity(), JointSparsity(q=np.inf), JointSparsity(loss="logistic", tol=1e-4),
        LowRank(), LowRank(loss="logistic", tol=1e-4),
        RobustMultiTask(), RobustMultiTask(loss="logistic", tol=1e-4),
        ClusteredMultiTask(), ClusteredMultiTask(loss="logistic", tol=1e-4),
    ]
)  # fmt: skip
def test_scikit_learns_checks(estimator, check):
    check(estimator)
