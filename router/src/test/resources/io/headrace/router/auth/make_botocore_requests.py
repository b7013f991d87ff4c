"""Writes botocore-requests.json: requests signed by botocore's own signers, in both forms.

Run by hand where botocore is installed: python3 make_botocore_requests.py > botocore-requests.json
The same seed gives the same file.
"""

import base64
import datetime
import json
import random
import urllib.parse

import botocore
import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

SIGNED_AT = datetime.datetime(2026, 3, 4, 5, 6, 7)
KEY, SECRET, TOKEN = "AKIDBOTOCORE", "s3cr3t/With+Signs=", "FwoGZXIvYXdzEBYaD/token+with/signs=="
OPERATIONS = ["PutRecord", "PutRecords", "GetRecords", "ListStreams", "SubscribeToShard"]
PATHS = ["/", "/", "/", "/a//b/../c d/", "/%41/~x", "/.", "/stream/é"]


def sign(rng, presigned, with_token):
    body = rng.randbytes(rng.choice([0, 1, 17, 300, 2000]))
    query = urllib.parse.urlencode(
        [(rng.choice(["a", "B", "a b", "é", "x~y"]), rng.choice(["", "1", "z /+", "=&"]))
         for _ in range(rng.randrange(4))],
        quote_via=urllib.parse.quote)
    # parse_qs of the query signer keeps one value of each name.
    query = "&".join(dict((p.split("=")[0], p) for p in query.split("&") if p).values())
    path = urllib.parse.quote(rng.choice(PATHS), safe="/~%")
    url = "http://127.0.0.1:4566" + path + ("?" + query if query else "")
    headers = {
        "X-Amz-Target": "Kinesis_20131202." + rng.choice(OPERATIONS),
        "Content-Type": rng.choice(["application/x-amz-json-1.1", "application/x-amz-cbor-1.1"]),
        "User-Agent": "aws-cli/2  not signed",
    }
    if rng.random() < 0.5:
        headers["X-Amz-Meta-Blanks"] = "  a   b \t c "
    if rng.random() < 0.3:
        del headers["Content-Type"]
    request = AWSRequest(method="POST", url=url, headers=headers, data=b"" if presigned else body)
    credentials = Credentials(KEY, SECRET, TOKEN if with_token else None)
    if presigned:
        signer = botocore.auth.SigV4QueryAuth(
            credentials, "kinesis", "eu-central-1", expires=rng.choice([1, 3600, 604800]))
        body = b""
    else:
        signer = botocore.auth.SigV4Auth(credentials, "kinesis", "eu-central-1")
    signer.add_auth(request)
    parts = urllib.parse.urlsplit(request.url)
    return {
        "path": parts.path,
        "query": parts.query or None,
        "token": with_token,
        "headers": [["Host", "127.0.0.1:4566"]] + [[k, v] for k, v in request.headers.items()],
        "body": base64.b64encode(body).decode(),
    }


def main():
    botocore.auth.get_current_datetime = lambda: SIGNED_AT
    rng = random.Random(20260304)
    cases = [sign(rng, i % 3 == 2, i % 4 == 3) for i in range(48)]
    print(json.dumps({
        "botocore": botocore.__version__, "signedAt": SIGNED_AT.isoformat() + "Z",
        "accessKeyId": KEY, "secret": SECRET, "token": TOKEN, "region": "eu-central-1",
        "requests": cases}, indent=1))


main()
