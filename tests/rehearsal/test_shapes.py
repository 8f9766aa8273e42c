"""The service's answers are of AWS's shape, and one that is not reaches nobody."""

from __future__ import annotations

import boto3
import pytest
from botocore.exceptions import ClientError

from .service import REGION, Service
from .shapes import flaws

STATUS = {"State": "QUEUED", "SubmissionDateTime": 1764201600.5}


@pytest.mark.parametrize(
    ("execution", "found"),
    [
        ({"StatementType": "DML", "Status": STATUS}, ""),
        ({"StatementType": "CTAS"}, "StatementType is 'CTAS', and may be DDL, DML, UTILITY"),
        ({"Status": STATUS | {"State": "DONE"}}, "QueryExecutionState is 'DONE'"),
        ({"Statistics": {"DataScannedInBytes": "9"}}, "DataScannedInBytes, value: 9"),
        ({"SubStatementType": "SELECT"}, 'Unknown parameter in QueryExecution: "SubStatementType"'),
    ],
)
def test_what_athena_would_not_answer_is_found(execution: dict[str, object], found: str) -> None:
    said = "\n".join(flaws("athena", "GetQueryExecution", {"QueryExecution": execution}))
    assert found in said if found else not said


def test_what_must_be_there_is_missed() -> None:
    (flaw,) = flaws("athena", "GetWorkGroup", {"WorkGroup": {"State": "ENABLED"}})
    assert flaw == 'Missing required parameter in WorkGroup: "Name"'


def test_the_service_gives_no_such_answer() -> None:
    with Service() as service:
        client = boto3.client(
            "athena",
            endpoint_url=service.url,
            region_name=REGION,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",  # noqa: S106
        )
        client.create_work_group(Name="books")
        assert client.get_work_group(WorkGroup="books")["WorkGroup"]["State"] == "ENABLED"
        client.update_work_group(WorkGroup="books", State="DISABLED")
        service._workgroups["books"]["State"] = "ASLEEP"
        with pytest.raises(ClientError, match="WorkGroupState is 'ASLEEP', and may be ENABLED"):
            client.get_work_group(WorkGroup="books")
