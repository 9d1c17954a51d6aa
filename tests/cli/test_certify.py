"""`certify`, `solve --certificate` and `check --certificate`."""

from __future__ import annotations

import json
from pathlib import Path

from bundlesolve import Certificate, read
from bundlesolve.certificate.document import certificate_schema
from bundlesolve.cli.certify import write_certificate
from bundlesolve.cli.exit_codes import ExitCode
from bundlesolve.files.solution_json import read_solution
from bundlesolve.interrupts import Patience
from tests.cli.conftest import Call


def test_solve_certify_check(call: Call, shop: Path, tmp_path: Path) -> None:
    """The proof is replayed, its size and time reported."""
    answer, proof = tmp_path / "answer.json", tmp_path / "proof.json"
    solved = call("solve", shop, "-m", "brute", "-o", answer, "--certificate", proof)
    assert solved.exit_code == ExitCode.VERIFIED
    assert "certified  optimal 9" in solved.stderr
    again = tmp_path / "again.json.gz"
    assert call("certify", shop, answer, "-o", again, "-q").output == ""
    for file in (proof, again):
        result = call("check", shop, answer, "--certificate", file)
        assert result.exit_code == ExitCode.VERIFIED
        for line in ("proved     optimal 9", "proof      ", "size       ", "replayed   "):
            assert line in result.stdout


def test_no_answer_is_proved(call: Call, stuck: Path, tmp_path: Path) -> None:
    """With a certificate a claim of infeasibility is verified, without it is not."""
    answer, proof = tmp_path / "none.json", tmp_path / "proof.json"
    call("solve", stuck, "-m", "brute", "-o", answer)
    assert call("certify", stuck, answer, "-o", proof).exit_code == 0
    result = call("check", stuck, answer, "--certificate", proof)
    assert result.exit_code == ExitCode.VERIFIED
    assert "proved     infeasible" in result.stdout
    assert call("check", stuck, answer).exit_code == ExitCode.NO_ANSWER


def test_what_is_not_proved(call: Call, shop: Path, tmp_path: Path) -> None:
    """A broken proof ends with 20, a malformed file with 3, each with the place."""
    answer, proof = tmp_path / "answer.json", tmp_path / "proof.json"
    call("solve", shop, "-m", "brute", "-o", answer, "--certificate", proof)
    tree = json.loads(proof.read_text())
    changes = [
        ({"proof": []}, ExitCode.NOT_VERIFIED, "$.proof[0]: expected a node"),
        ({"objective": 8, "bound": 8}, ExitCode.NOT_VERIFIED, "$.objective: expected"),
        ({"claim": "bound", "bound": 9}, ExitCode.NOT_VERIFIED, "$.claim: expected"),
        ({"knapsacks": [7]}, ExitCode.INVALID_INPUT, "$.knapsacks[0]: expected"),
        ({"proof": [["what"]]}, ExitCode.INVALID_INPUT, "$.proof[0][0]: expected"),
        ({"proof": 1}, ExitCode.INVALID_INPUT, "$.proof: expected"),
    ]
    for change, code, words in changes:
        proof.write_text(json.dumps(tree | change))
        result = call("check", shop, answer, "--certificate", proof)
        assert (result.exit_code, words in result.stderr) == (code, True), result.stderr
        assert str(proof) in result.stderr


def test_interrupted(call: Call, shop: Path, tmp_path: Path) -> None:
    """Ctrl-C ends the proof, not the command: the bound so far is written."""
    answer, proof = tmp_path / "answer.json", tmp_path / "proof.json"
    call("solve", shop, "-m", "brute", "-o", answer)
    patient = Patience()
    patient.asked = True
    instance = read(shop)
    write_certificate(str(proof), instance, read_solution(answer, instance), 60, patient)
    assert Certificate.read(proof).document.proof[0]


def test_schema(call: Call) -> None:
    """Of a certificate; not of two things at once."""
    assert json.loads(call("schema", "--certificate").stdout) == certificate_schema()
    both = call("schema", "--certificate", "--solution")
    assert both.exit_code == ExitCode.USAGE
