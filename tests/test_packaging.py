"""The installation is ours alone, and says under which licences it uses what others made."""

import configparser
import re
from importlib.metadata import packages_distributions
from pathlib import Path

from pipeline.doctor import OUR_PACKAGES

ROOT = Path(__file__).parents[1]


def test_nothing_else_owns_our_package_names() -> None:
    owners = packages_distributions()
    assert {name: set(owners.get(name, ())) - {"hoaban"} for name in OUR_PACKAGES} == {
        name: set() for name in OUR_PACKAGES
    }


def test_the_licence_of_every_package_that_is_installed_with_it_is_named() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    needed = config["options"]["install_requires"].split()
    for extra, packages in config["options.extras_require"].items():
        needed += packages.split() if extra not in ("test", "dev") else []
    names = {match[0].lower() for entry in needed if (match := re.match(r"[A-Za-z][\w-]*", entry))}
    listed = (ROOT / "THIRD_PARTY_LICENSES.md").read_text(encoding="utf-8").lower()
    said = set(re.findall(r"[\w-]+", listed))
    assert len(names) > 20
    assert names <= said


def test_the_text_of_the_licence_of_edm_goes_with_every_copy() -> None:
    text = (ROOT / "schemas/xsd/EUPL-1.2.md").read_text(encoding="utf-8")
    assert text.startswith("# European Union Public Licence v. 1.2")
    assert "Attribution right" in text
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    assert "xsd/*.md" in config["options.package_data"]["schemas"]
