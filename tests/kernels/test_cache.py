"""The cache of kernels: code runs only where nobody but the user may have put it, and is what it was."""

import os
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import pytest

from gradatim.checks import Notice, notice
from gradatim.kernels import cache as home
from gradatim.kernels import compile as kernels
from gradatim.kernels.generated_module import module_of_text

SOURCE = "int answer(void) { return 42; }"
PLANTED = "int answer(void) { return 666; }"


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(kernels, "compile_library", kernels.compile_library.__wrapped__)
    notice.cache_clear()
    return tmp_path / "cache" / "gradatim" / "kernels"


def elsewhere(source: str) -> None:
    """Compile in another process."""
    script = f"from gradatim.kernels.compile import compile_library; compile_library({source!r})"
    subprocess.run([sys.executable, "-c", script], check=True)


def plant(folder: Path, mode: int = 0o600) -> Path:
    """Put another library, and its digest, where the one of SOURCE is looked for."""
    elsewhere(SOURCE)  # this process must not have loaded it: a library is loaded once by its path
    (library,) = folder.glob("*.so")
    elsewhere(PLANTED)
    (other,) = set(folder.glob("*.so")) - {library}
    for suffix in ("", ".sha256"):
        place = Path(f"{library}{suffix}")
        place.write_bytes(Path(f"{other}{suffix}").read_bytes())
        place.chmod(mode)
    return library


def test_what_is_planted_would_run_if_it_were_trusted(cache):
    plant(cache)
    assert kernels.compile_library(SOURCE).answer() == 666


@pytest.mark.parametrize("mask", [0o000, 0o002, 0o022, 0o077])
def test_the_cache_and_its_files_are_for_the_user_alone(cache, mask):
    before = os.umask(mask)
    try:
        kernels.compile_library(SOURCE)
    finally:
        os.umask(before)
    assert cache.stat().st_mode & 0o777 == 0o700
    assert not cache.parent.stat().st_mode & 0o022
    assert {file.stat().st_mode & 0o777 for file in cache.iterdir()} == {0o600}
    assert kernels.compile_library(SOURCE).answer() == 42


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o707, 0o722])
def test_a_folder_that_others_may_write_to_is_not_used(cache, mode):
    plant(cache)
    cache.chmod(mode)
    kept = {file: file.read_bytes() for file in cache.iterdir()}
    with pytest.warns(Notice, match=f"others may write to {cache}; kernels are compiled into a temporary"):
        assert kernels.compile_library(SOURCE).answer() == 42
    assert kernels.compile_library(SOURCE + "\n").answer() == 42  # and nothing is said again
    assert {file: file.read_bytes() for file in cache.iterdir()} == kept
    private = home.folder()
    assert private != cache and private.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_others_may_only_look_into_is_closed(cache):
    cache.mkdir(parents=True)
    cache.chmod(0o755)
    kernels.compile_library(SOURCE)
    assert cache.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a file to somebody else")
@pytest.mark.parametrize("whose", ["folder", "folder above", "link", "file", "digest alone"])
def test_what_belongs_to_another_user_is_not_used(cache, tmp_path, whose):
    library = plant(cache)
    if whose == "link":
        cache.rename(tmp_path / "elsewhere")
        cache.symlink_to(tmp_path / "elsewhere")
    place = {"folder": cache, "folder above": cache.parent, "link": cache, "file": library}.get(whose)
    if place is None:
        library.write_bytes(b"damaged")
        place = Path(f"{library}.sha256")
    os.chown(place, 12345, 12345, follow_symlinks=False)
    if whose == "digest alone":  # a file of the user's own beside it decides
        assert kernels.compile_library(SOURCE).answer() == 42
        return
    with pytest.warns(Notice, match=rf"^{place} belongs to another user[;:]"):
        assert kernels.compile_library(SOURCE).answer() == 42


@pytest.mark.parametrize("mode", [0o602, 0o620, 0o666])
def test_a_file_that_others_may_write_to_is_made_again(cache, mode):
    library = plant(cache, mode)
    with pytest.warns(Notice, match=f"^others may write to {library}: it is not run, but made again$"):
        assert kernels.compile_library(SOURCE).answer() == 42
    assert library.stat().st_mode & 0o777 == 0o600
    assert kernels.compile_library(SOURCE).answer() == 42


def test_what_is_no_file_is_made_again_or_passed_by(cache):
    kernels.compile_library(SOURCE)
    (library,) = cache.glob("*.so")
    library.unlink()
    os.mkfifo(library)  # reading it would wait for ever
    with pytest.warns(Notice, match=f"^{library} is not a file"):
        assert kernels.compile_library(SOURCE).answer() == 42


def test_a_link_of_the_user_s_own_is_followed(cache, tmp_path):
    (tmp_path / "scratch").mkdir(mode=0o700)
    cache.parent.mkdir(parents=True)
    cache.symlink_to(tmp_path / "scratch")
    assert kernels.compile_library(SOURCE).answer() == 42
    assert len(list((tmp_path / "scratch").glob("*.so"))) == 1


@pytest.mark.parametrize("damage", ["half", "empty", "a bit", "longer", "no digest", "half a digest", "junk"])
def test_a_damaged_library_is_made_again_before_it_is_loaded(cache, damage):
    script = textwrap.dedent(f"""
        from gradatim.kernels.compile import compile_library
        assert compile_library({SOURCE!r}).answer() == 42
    """)
    subprocess.run([sys.executable, "-c", script], check=True)
    (library,) = cache.glob("*.so")
    digest = Path(f"{library}.sha256")
    whole, known = library.read_bytes(), digest.read_bytes()
    change = bytearray(whole)
    change[len(whole) // 2] ^= 1
    damaged = {
        "half": whole[: len(whole) // 2],
        "empty": b"",
        "a bit": bytes(change),
        "longer": whole + b"\0",
    }
    library.write_bytes(damaged.get(damage, whole))
    if damage == "no digest":
        digest.unlink()
    elif damage in ("half a digest", "junk"):
        digest.write_bytes(known[:20] if damage == "half a digest" else b"\xff\xfe\x00")
    subprocess.run([sys.executable, "-c", script], check=True)  # half a library would be a bus error
    assert library.read_bytes() == whole and digest.read_bytes() == known


def test_old_left_overs_are_swept_and_new_ones_are_not(cache, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name, age in (("gradatim-compiling-old", 7200), ("gradatim-compiling-new", 60), ("other-old", 7200)):
        place = tmp_path / name
        place.mkdir(0o700)
        (place / "kernel.c").write_text("half")
        os.utime(place, (place.stat().st_mtime - age,) * 2)
    kernels.compile_library(SOURCE)
    for name, age in ((".writing-old", 7200), (".writing-new", 60), (".compiling-old", 7200)):
        place = cache / name
        place.mkdir() if "compiling" in name else place.write_bytes(b"half")
        os.utime(place, (place.stat().st_mtime - age,) * 2)
    kernels.compile_library(SOURCE + "\n")
    assert {file.name for file in cache.iterdir() if file.name[0] == "."} == {".writing-new"}
    assert {file.name for file in tmp_path.glob("*-*")} == {"gradatim-compiling-new", "other-old"}


@pytest.mark.parametrize("environment", [{"XDG_CACHE_HOME": "relative"}, {"XDG_CACHE_HOME": ""}, {}])
def test_without_a_home_folder_kernels_are_kept_for_this_process(cache, monkeypatch, environment):
    monkeypatch.delenv("XDG_CACHE_HOME")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(home.Path, "home", homeless)
    with pytest.warns(Notice, match="^there is no home folder to keep kernels in; kernels are compiled into"):
        assert kernels.compile_library(SOURCE).answer() == 42


@pytest.mark.parametrize("place", ["relative", "", "."])
def test_a_home_folder_that_is_none_is_not_made_in_the_folder_of_work(cache, tmp_path, monkeypatch, place):
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(home.Path, "home", lambda: Path(place))
    monkeypatch.chdir(tmp_path)
    with pytest.warns(Notice, match="^there is no home folder to keep kernels in; kernels are compiled into"):
        assert kernels.compile_library(SOURCE).answer() == 42
    assert list(tmp_path.iterdir()) == []


def test_a_cache_that_cannot_be_made_or_written_is_said_and_done_without(cache, tmp_path, monkeypatch):
    (tmp_path / "cache").write_text("a file where a folder should be")
    with pytest.warns(Notice, match=f"^the cache {cache} cannot be written: "):
        assert kernels.compile_library(SOURCE).answer() == 42
    (tmp_path / "cache").unlink()
    notice.cache_clear()
    write, private = home._write, home._private()

    def full(path, content):
        if path.parent != private:
            raise OSError(28, "No space left on device")
        write(path, content)

    monkeypatch.setattr(home, "_write", full)
    with pytest.warns(Notice, match=f"^the cache {cache} cannot be written: No space left on device; kern"):
        assert kernels.compile_library(SOURCE + "\n").answer() == 42


def test_the_folder_of_a_process_goes_with_it_and_stays_when_a_child_ends(cache, tmp_path):
    (tmp_path / "cache").write_text("")
    script = textwrap.dedent("""
        import os, warnings
        warnings.simplefilter("ignore")
        from gradatim.kernels import cache
        folder = cache.folder()
        if not os.fork():
            raise SystemExit
        os.wait()
        print(folder, folder.is_dir())
    """)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    folder, stood = done.stdout.split()
    assert stood == "True" and not Path(folder).exists()


def test_a_module_is_its_text_and_not_what_the_cache_holds(cache):
    text = "def answer():\n    return 42\n"
    make = module_of_text.__wrapped__
    assert make(text).answer() == 42
    (file,) = cache.glob("*.py")
    planted = text.replace("42", "666")
    file.write_text(planted)
    assert make(text).answer() == 42 and file.read_text() == text
    file.write_text(planted)
    compiled = cache / "__pycache__" / f"{file.stem}.{sys.implementation.cache_tag}.pyc"
    subprocess.run([sys.executable, "-m", "py_compile", str(file)], check=True)
    assert compiled.exists()
    file.write_text(text)
    assert make(text).answer() == 42
