import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import smartpgx
from smartpgx.places import place

ROOT = Path(smartpgx.__file__).resolve().parents[1]
ASK = "from smartpgx.places import place; print(*[place(n) for n in ('templates', 'static', 'launch.json')], sep='\\n')"


def places_seen(folder: Path, path: Path) -> list[Path]:
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(path)!r}); {ASK}"],
        cwd=folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [Path(line) for line in done.stdout.splitlines()]


def test_a_checkout_has_them_beside_the_package():
    assert place("templates") == ROOT / "templates" and (place("templates") / "overview.html").is_file()
    with pytest.raises(FileNotFoundError):
        place("nothing")


@pytest.fixture(scope="module")
def copied(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("source") / "checkout"
    folder.mkdir()
    ignore = shutil.ignore_patterns("tables", "__pycache__", "*.csv")
    for name in ("smartpgx", "templates", "static"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignore)
    for name in ("pyproject.toml", "setup.py", "launch.json", "README.md", "LICENSE"):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, folder / name)
        else:
            (folder / name).write_text(name)
    return folder


def pip(*arguments: str, cwd: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "pip",
        "--disable-pip-version-check",
        *arguments,
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "-q",
    ]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_wheel_carries_them_inside(copied, tmp_path):
    pip("wheel", str(copied), "-w", str(tmp_path), cwd=tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as file:
        file.extractall(tmp_path / "installed")
    seen = places_seen(tmp_path, tmp_path / "installed")
    assert all(p.exists() and p.is_relative_to(tmp_path / "installed" / "smartpgx") for p in seen)
    assert (seen[0] / "overview.html").is_file() and (seen[1] / "app.css").is_file()


def test_an_editable_install_uses_the_checkout(copied, tmp_path):
    pip("install", "--target", str(tmp_path / "site"), "-e", str(copied), cwd=tmp_path)
    (pointer,) = (tmp_path / "site").glob("*.pth")
    text = pointer.read_text().strip()
    if text.startswith("import"):
        code = f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r}); exec({text!r}); {ASK}"
    else:
        code = f"import sys; sys.path.insert(0, {text!r}); {ASK}"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert all(Path(line).is_relative_to(copied) and Path(line).exists() for line in done.stdout.splitlines())
