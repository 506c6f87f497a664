"""The samples hold, and each planted fault is found."""

import tempfile
import unittest
from pathlib import Path

import yaml

import rules
import tools

TEMPLATE = "helm/mde-offboard/templates/tenants.yaml"

# Faults in both kinds of manifests: what is written instead, and what is complained about.
FAULTS = [
    ("concurrencyPolicy: Forbid", "concurrencyPolicy: Allow", "concurrencyPolicy"),
    ("concurrencyPolicy:", "concurencyPolicy:", "schema"),
    ("backoffLimit: 6", 'backoffLimit: "6"', "schema"),
    ("containerName: mde-offboard", "containerName: main", "another container"),
    ("values: [1, 2, 3, 4, 6, 7, 8]", "values: [1, 2, 3, 4, 5, 6, 7, 8]", "policy"),
    ("values: [1, 2, 3, 4, 6, 7, 8]", "values: [1, 2, 3, 6, 7, 8]", "policy"),
    ("values: [5]", "values: [9]", "policy"),
    ("action: Ignore", "action: Count", "policy"),
    ("restartPolicy: Never", "restartPolicy: OnFailure", "restartPolicy"),
    ("terminationGracePeriodSeconds: 60", "terminationGracePeriodSeconds: 30", "time to end"),
    ("runAsNonRoot: true", "runAsNonRoot: false", "runAsNonRoot"),
    ("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "readOnlyRootFilesystem"),
    ("drop: [ALL]", "drop: []", "capabilities"),
    ("type: RuntimeDefault", "type: Unconfined", "seccompProfile"),
    ("                - --success-on=pending\n", "", "exit code 9"),
]

KUSTOMIZE_FAULTS = [
    ("kustomize/base/cronjob.yaml", "  timeZone: Etc/UTC\n", "", "time zone"),
    ("kustomize/base/claim.yaml", "ReadWriteOncePod", "ReadWriteMany", "two pods"),
    ("kustomize/base/kustomization.yaml", "  - claim.yaml\n", "", "use the claims"),
    ("kustomize/tenants/fabrikam/kustomization.yaml", "components:", "component:", "Refused"),
    (
        "kustomize/tenants/fabrikam/kustomization.yaml",
        "value: {azure.workload.identity/client-id",
        "value: {azure.workload.identity/client",
        "half a workload identity",
    ),
    (
        "kustomize/components/workload-identity/kustomization.yaml",
        "$patch: delete",
        "value: x",
        "a secret and a workload identity",
    ),
]

HELM_FAULTS = [
    ("helm/mde-offboard/values.yaml", "ReadWriteOncePod", "ReadWriteOnce", "two pods"),
    (TEMPLATE, "claimName: {{ $name }}", "claimName: x", "claims"),
    (TEMPLATE, "range $tenant", "rage $tenant", "Refused"),
]

# Of the values: what is set, and a word of what Helm says.
VALUE_FAULTS = [
    ({"tenant": []}, "tenant"),
    ({"maxFailures": "many"}, "maxFailures"),
    ({"tenants": [{"name": "contoso"}]}, "tenantId"),
    ({"tenants": "twice"}, "two tenants have the name"),
    ({"tenants": "both"}, "oneOf"),
    ({"tenants": "secretless"}, "oneOf"),
    ({"tenants": "shell"}, "comment"),
]

UNIT_FAULTS = [
    ("Type=exec", "Type=exce"),
    ("Type=exec", "Type=oneshot"),
    ("RestartForceExitStatus=5", "RestartForceExitStatus=five"),
    ("NoNewPrivileges=yes", "NoNewPriviledges=yes"),
    ("[Service]", "[Servce]"),
    ("MemoryMax=256M", "MemoryMax=much"),
]


def found(render, samples):
    try:
        return rules.complaints(render(samples))
    except tools.Refused as refused:
        return [f"Refused: {refused}"]


class Kubernetes(unittest.TestCase):
    def test_what_kustomize_makes_holds(self):
        self.assertEqual(rules.complaints(tools.kustomized()), [])

    def test_what_the_chart_makes_holds(self):
        self.assertEqual(rules.complaints(tools.templated()), [])

    def test_a_tenant_can_be_made_alone(self):
        for name in ["contoso", "fabrikam"]:
            made = tools.kustomized(folder=f"kustomize/tenants/{name}")
            spaces = {document["metadata"].get("namespace") for document in made}
            self.assertEqual(spaces - {None}, {f"mde-offboard-{name}"})

    def test_both_say_the_same_of_a_job(self):
        def jobs(documents):
            crons = rules.of_kind(documents, "CronJob")
            jobs = [cron["spec"]["jobTemplate"]["spec"] for cron in crons]
            keys = ["backoffLimit", "podFailurePolicy", "podReplacementPolicy"]
            return [[job[key] for key in keys] for job in jobs]

        self.assertEqual(jobs(tools.kustomized()), jobs(tools.templated()))

    def test_a_chart_without_tenants_makes_nothing(self):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as values:
            values.write("tenants: []\n")
            values.flush()
            self.assertEqual(tools.templated(values=values.name), [])

    def check(self, render, file, fault):
        old, new, complaint = fault
        with tools.planted(file, old, new) as samples:
            told = found(render, samples)
        self.assertTrue(any(complaint in line for line in told), f"{file}: {new!r}: {told}")

    def test_faults_in_the_manifests_are_found(self):
        for fault in FAULTS:
            with self.subTest(fault=fault):
                self.check(tools.kustomized, "kustomize/base/cronjob.yaml", fault)
                self.check(tools.templated, TEMPLATE, fault)
        for file, *fault in KUSTOMIZE_FAULTS:
            with self.subTest(fault=fault):
                self.check(tools.kustomized, file, fault)
        for file, *fault in HELM_FAULTS:
            with self.subTest(fault=fault):
                self.check(tools.templated, file, fault)

    def test_values_that_mean_nothing_are_refused(self):
        chart = tools.SAMPLES / "helm/mde-offboard/ci/two-tenants-values.yaml"
        for change, word in VALUE_FAULTS:
            values = yaml.safe_load(chart.read_text(encoding="utf-8"))
            contoso = values["tenants"][0]
            tenants = {
                "twice": [contoso, contoso],
                "both": [{**contoso, "workloadIdentity": True}],
                "secretless": [{key: contoso[key] for key in contoso if key != "secret"}],
                "shell": [{**contoso, "comment": "$(AZURE_CLIENT_SECRET)"}],
            }
            for key, value in change.items():
                values[key] = tenants.get(value, value) if isinstance(value, str) else value
            with self.subTest(change=change), tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "values.yaml"
                path.write_text(yaml.safe_dump(values), encoding="utf-8")
                with self.assertRaises(tools.Refused) as refused:
                    tools.templated(values=path)
                self.assertIn(word, str(refused.exception))


class Systemd(unittest.TestCase):
    def test_systemd_understands_every_line_of_the_units(self):
        self.assertEqual(tools.unit_complaints(), [])

    def test_faults_in_the_units_are_found(self):
        for old, new in UNIT_FAULTS:
            with tools.planted("systemd/mde-offboard@.service", old, new) as samples:
                self.assertNotEqual(tools.unit_complaints(samples), [], new)
        with tools.planted("systemd/mde-offboard@.timer", "OnCalendar=", "OnCalender=") as samples:
            self.assertNotEqual(tools.unit_complaints(samples), [])

    def test_little_is_open_to_the_service(self):
        self.assertLessEqual(tools.exposure(), 1.5)
        for old, new in [
            ("DynamicUser=yes\n", ""),
            ("SystemCallFilter=@system-service\nSystemCallFilter=~@privileged @resources\n", ""),
            ("CapabilityBoundingSet=\n", ""),
        ]:
            with tools.planted("systemd/mde-offboard@.service", old, new) as samples:
                self.assertGreater(tools.exposure(samples), 1.5, old)


if __name__ == "__main__":
    unittest.main()
