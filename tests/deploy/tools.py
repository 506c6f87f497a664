"""The programs that render and look at the samples, and what they say."""

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import yaml

TOP = Path(__file__).resolve().parents[2]
SAMPLES = TOP / "samples" / "deploy"
TOOLS = Path(os.environ.get("MDE_OFFBOARD_TOOLS", TOP / "target" / "deploy"))


class Refused(Exception):
    """A program ended with something else than 0; its text is what it said."""


def said(*words):
    """The standard output of a program that ends well."""
    home = {"HOME": str(TOOLS), "PATH": os.environ["PATH"]}
    ran = subprocess.run([str(word) for word in words], capture_output=True, text=True, env=home)
    if ran.returncode != 0:
        raise Refused(ran.stdout + ran.stderr)
    return ran.stdout


def documents(text):
    return [document for document in yaml.safe_load_all(text) if document]


def kustomized(samples=SAMPLES, folder="kustomize/tenants"):
    return documents(said(TOOLS / "kubectl/kubectl", "kustomize", samples / folder))


def templated(samples=SAMPLES, values=None):
    chart = samples / "helm/mde-offboard"
    values = values or chart / "ci/two-tenants-values.yaml"
    said(TOOLS / "helm/helm", "lint", "--strict", chart, "-f", values)
    return documents(said(TOOLS / "helm/helm", "template", "fleet", chart, "-f", values))


@contextmanager
def planted(file, old, new):
    """A copy of the samples with another text in one file."""
    with tempfile.TemporaryDirectory() as folder:
        samples = Path(folder) / "deploy"
        shutil.copytree(SAMPLES, samples)
        path = samples / file
        text = path.read_text(encoding="utf-8")
        if old not in text:
            raise AssertionError(f"{file} has no {old!r}")
        path.write_text(text.replace(old, new), encoding="utf-8")
        yield samples


def unit_complaints(samples=SAMPLES):
    """What systemd says of the units. The program need not be installed."""
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for unit in sorted((samples / "systemd").glob("*@.*")):
            text = unit.read_text(encoding="utf-8")
            path = Path(folder) / unit.name
            path.write_text(text.replace("/usr/local/bin/mde-offboard", "/bin/true"))
            names.append(path)
        words = ["systemd-analyze", "verify", "--man=no", *map(str, names)]
        ran = subprocess.run(words, capture_output=True, text=True)
        told = (ran.stdout + ran.stderr).splitlines()
        # Of the units of the computer itself, which are read as well, nothing counts.
        told = [line for line in told if folder in line or "mde-offboard" in line]
        if ran.returncode != 0 and not told:
            told = [f"systemd-analyze verify ended with {ran.returncode}: {ran.stderr}"]
        return told


def exposure(samples=SAMPLES):
    """systemd's own score of the service, from 0 (shut) to 10."""
    unit = samples / "systemd/mde-offboard@.service"
    text = said("systemd-analyze", "security", "--offline=true", "--no-pager", unit)
    line = next(line for line in text.splitlines() if "Overall exposure level" in line)
    return float(line.rsplit(": ", 1)[1].split()[0])
