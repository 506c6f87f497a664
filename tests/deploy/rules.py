"""What has to hold for everything that is rendered for Kubernetes: its own schemas, and what this
program needs of a job. Each function gives complaints, and none is good."""

import kubernetes_validate

# The oldest that has all that is used, and the newest of which there are schemas.
VERSIONS = ["1.31", "1.37"]

# Exit codes of the program: `packages::deployments` compares them with its help.
RETRIED = [5]
FATAL = [1, 2, 3, 4, 6, 7, 8]


def by_schema(documents):
    complaints = []
    for document in documents:
        for version in VERSIONS:
            try:
                kubernetes_validate.validate(document, version, strict=True)
            except kubernetes_validate.ValidationError as error:
                place = ".".join(map(str, error.path))
                complaints.append(f"schema {version}: {document['kind']}: {place}: {error.message}")
    return complaints


def of_kind(documents, kind):
    return [document for document in documents if document["kind"] == kind]


def holder(document):
    """Where a name is one: two tenants may use it in two namespaces."""
    return document["metadata"].get("namespace"), document["metadata"]["name"]


def by_policy(job):
    rules = job.get("podFailurePolicy", {}).get("rules", [])
    seen = []
    for rule in rules:
        codes = rule.get("onExitCodes", {})
        conditions = [c["type"] for c in rule.get("onPodConditions", [])]
        seen.append((rule["action"], codes.get("operator"), codes.get("values"), conditions))
        if codes and codes.get("containerName") != "mde-offboard":
            yield "policy: the exit codes are those of another container"
    wanted = [
        ("Ignore", None, None, ["DisruptionTarget"]),
        ("FailJob", "In", FATAL, []),
        ("Count", "In", RETRIED, []),
    ]
    if seen != wanted:
        yield f"policy: {seen} instead of {wanted}"


def by_security(pod, container):
    wanted = [
        (pod.get("securityContext", {}), "runAsNonRoot", True),
        (pod.get("securityContext", {}), "seccompProfile", {"type": "RuntimeDefault"}),
        (container.get("securityContext", {}), "allowPrivilegeEscalation", False),
        (container.get("securityContext", {}), "readOnlyRootFilesystem", True),
        (container.get("securityContext", {}), "capabilities", {"drop": ["ALL"]}),
        (pod, "automountServiceAccountToken", False),
    ]
    for holds, key, value in wanted:
        if holds.get(key) != value:
            yield f"security: {key} is {holds.get(key)!r} instead of {value!r}"
    if "memory" not in container.get("resources", {}).get("limits", {}):
        yield "security: there is no limit of the memory"


def by_job(cron):
    spec = cron["spec"]
    job = spec["jobTemplate"]["spec"]
    pod = job["template"]["spec"]
    (container,) = pod["containers"]
    for holds, key, value in [
        (spec, "concurrencyPolicy", "Forbid"),
        (pod, "restartPolicy", "Never"),
    ]:
        if holds.get(key) != value:
            yield f"job: {key} is {holds.get(key)!r} instead of {value!r}"
    if "timeZone" not in spec:
        yield "job: the schedule has no time zone"
    # 30 s for requests that are open (`--timeout`), and the time to write what came of them.
    if pod.get("terminationGracePeriodSeconds", 30) < 45:
        yield "job: the time to end is shorter than a request"
    if "--success-on=pending" not in container["args"]:
        yield "job: exit code 9 would be a failure"
    for argument in ["--yes", "--comment=$(COMMENT)"]:
        if argument not in container["args"]:
            yield f"job: {argument} is missing"
    yield from by_policy(job)
    yield from by_security(pod, container)


def claims_of(cron):
    volumes = cron["spec"]["jobTemplate"]["spec"]["template"]["spec"]["volumes"]
    key = "persistentVolumeClaim"
    claims = [volume[key] for volume in volumes if key in volume]
    return [(cron["metadata"].get("namespace"), claim["claimName"]) for claim in claims]


def by_tenants(documents):
    """A tenant has a journal, a service account and a way to sign in of its own."""
    crons = of_kind(documents, "CronJob")
    claims = {holder(claim): claim for claim in of_kind(documents, "PersistentVolumeClaim")}
    used = [claim for cron in crons for claim in claims_of(cron)]
    if len(crons) < 2:
        yield "tenants: there are not two of them"
    if len(set(used)) != len(crons) or set(used) != set(claims):
        yield f"tenants: {len(crons)} jobs use the claims {used} of {list(claims)}"
    for claim in claims.values():
        if claim["spec"]["accessModes"] != ["ReadWriteOncePod"]:
            yield "tenants: two pods could write a journal"
    accounts = {holder(account): account for account in of_kind(documents, "ServiceAccount")}
    for cron in crons:
        template = cron["spec"]["jobTemplate"]["spec"]["template"]
        place = cron["metadata"].get("namespace"), template["spec"]["serviceAccountName"]
        if place not in accounts:
            yield f"tenants: there is no service account {place}"
            continue
        labels = template.get("metadata", {}).get("labels", {})
        notes = accounts[place]["metadata"].get("annotations", {})
        variables = [entry["name"] for entry in template["spec"]["containers"][0]["env"]]
        federated = labels.get("azure.workload.identity/use") == "true"
        if federated != ("azure.workload.identity/client-id" in notes):
            yield f"tenants: {place} is half a workload identity"
        if federated == ("AZURE_CLIENT_SECRET" in variables):
            yield f"tenants: {place} has a secret and a workload identity, or neither"


def complaints(documents):
    found = by_schema(documents)
    for cron in of_kind(documents, "CronJob"):
        found.extend(by_job(cron))
    found.extend(by_tenants(documents))
    return found
