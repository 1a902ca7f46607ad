"""Reads a list of argument lists as JSON and has the AWS CLI parse and check each, without a request. Prints what it said of each, "" when nothing."""

import contextlib
import io
import json
import sys
from types import SimpleNamespace

from awscli.clidriver import create_clidriver


def answer_at_once(**_):
    """In the place of a request: by then every argument was parsed and checked against the service's model."""
    return SimpleNamespace(status_code=200), {"ResponseMetadata": {}}


driver = create_clidriver()
driver.session.register("before-call", answer_at_once)


def said_of(words):
    said = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
        try:
            code = driver.main(words)
        except SystemExit as ended:
            code = ended.code
    return "" if code == 0 else said.getvalue().strip() or f"ended with {code}"


json.dump([said_of(words) for words in json.load(sys.stdin)], sys.stdout)
