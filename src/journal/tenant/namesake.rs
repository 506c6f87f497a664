//! Which machine of the tenant took over another one's name.

/// The ID of the newer machine that has the name of `t`, a row of `temp.tenant_machines`.
macro_rules! newer_namesake {
    () => {
        "(SELECT o.machine_id FROM temp.tenant_machines AS o
          WHERE o.label = t.label AND o.last_seen > t.last_seen AND o.machine_id <> t.machine_id
            AND o.merged_into IS NULL AND o.onboarding_status = 'Onboarded'
            AND (o.name_key = t.name_key OR o.name_key = o.label OR t.name_key = t.label)
            AND COALESCE(o.first_seen > t.first_seen, TRUE)
          ORDER BY o.last_seen DESC LIMIT 1)"
    };
}

pub(super) use newer_namesake;
