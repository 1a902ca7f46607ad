"""Calls operations and provokes errors through botocore, whose models and parsers share nothing with the SDK's.

Reads {"origin": ..., "answers": {service: {operation: answer}}, "errors": {service: [shape, ...]}} from standard input
and writes one JSON object per call to standard output. An error is asked for by its name in the access key. Models of
botocore and of the SDK are of different days: what this one does not know yet is left out of what it expects.
"""

import base64
import datetime
import json
import sys

import botocore.session
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

# By the name that signs; botocore names these services otherwise.
NAMES = {"states": "stepfunctions", "monitoring": "cloudwatch"}
# A client acts upon these, so they cannot be any text: an EventBridge endpoint would be another host.
SKIPPED = {"EndpointId"}
SECRET = "secret"
TEXT = " <&> \"'%2F+=?;,/ü€😀\n"
TIME = datetime.datetime(2026, 9, 21, 15, 33, 20, tzinfo=datetime.timezone.utc)


def sample(shape, name, origin, path=()):
    kind = shape.type_name
    if kind == "structure":
        if shape.name in path:
            return None
        members = {}
        for member, target in shape.members.items():
            if member in SKIPPED:
                continue
            value = sample(target, member, origin, (*path, shape.name))
            if value is None or value == [None]:
                continue
            members[member] = value
            if getattr(shape, "is_tagged_union", False):
                break
        return members
    if kind == "list":
        return [sample(shape.member, name, origin, path)]
    if kind == "map":
        return {name + TEXT: sample(shape.value, name, origin, path)}
    if name == "QueueUrl":
        return origin + "/111122223333/orders"
    # Longer than any least length, which botocore checks.
    return {
        "string": name + TEXT + "x" * 64,
        "integer": shape.metadata.get("min", 7),
        "long": shape.metadata.get("min", 7),
        "float": 1.5,
        "double": 1.5,
        "boolean": True,
        "blob": b"\x00\xff\n<",
        "timestamp": TIME,
    }[kind]


def plain(value):
    if isinstance(value, datetime.datetime):
        return {"time": value.timestamp()}
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def known(shape, value):
    """An answer without the members that this botocore does not know."""
    if shape is None:
        return {}
    if shape.type_name == "structure":
        return {name: known(shape.members[name], item) for name, item in value.items() if name in shape.members}
    if shape.type_name == "list":
        return [known(shape.member, item) for item in value]
    if shape.type_name == "map":
        return {name: known(shape.value, item) for name, item in value.items()}
    return value


def report(**members):
    print(json.dumps(members), flush=True)


def call(client, service, operation, origin, key, expected):
    client._request_signer._credentials = Credentials(key, SECRET, "token")
    model = client.meta.service_model.operation_model(operation)
    given = sample(model.input_shape, operation, origin) if model.input_shape else {}
    seen = {"service": service, "operation": operation, "given": plain(given)}
    try:
        answer = client._make_api_call(operation, given)
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        report(**seen, key=key, error=error.response["Error"], status=status)
        return
    except Exception as error:
        report(**seen, key=key, failure=repr(error))
        return
    answer.pop("ResponseMetadata")
    report(**seen, key=key, answer=plain(answer), expected=known(model.output_shape, expected))


def main():
    asked = json.load(sys.stdin)
    origin = asked["origin"]
    session = botocore.session.Session()
    for service, answers in asked["answers"].items():
        client = session.create_client(
            NAMES.get(service, service),
            region_name="eu-central-1",
            endpoint_url=origin,
            aws_access_key_id="any",
            aws_secret_access_key="any",
        )
        model = client.meta.service_model
        for operation, expected in answers.items():
            if operation in model.operation_names:
                call(client, service, operation, origin, "answer", expected)
            else:
                report(service=service, operation=operation, key="unknown")
        first = next(operation for operation in answers if operation in model.operation_names)
        for error in asked["errors"][service]:
            call(client, service, first, origin, error, None)
        if service == "sts":
            client._request_signer._credentials = Credentials("answer", SECRET, "token")
            url = client.generate_presigned_url("get_caller_identity", HttpMethod="GET")
            report(service=service, key="presigned", url=url)


main()
