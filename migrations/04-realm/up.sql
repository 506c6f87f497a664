-- Where a batch's tenant is at home. The address by which it was reached no longer says whose
-- machines they are: a region, an older host name and a proxy lead to the same ones.

ALTER TABLE batches ADD COLUMN realm TEXT NOT NULL DEFAULT 'public';

-- Plain http was only ever taken for loopback addresses.
UPDATE batches SET realm = CASE
    WHEN api = 'simulator' THEN 'simulator'
    WHEN api LIKE 'http://%'
        OR api = 'https://localhost' OR api LIKE 'https://localhost:%'
        OR api LIKE 'https://localhost/%' OR api LIKE 'https://[::1]%'
        OR api GLOB 'https://127.[0-9]*.[0-9]*.[0-9]*' THEN 'loopback'
    WHEN api LIKE 'https://api-gcc.securitycenter.microsoft.us%' THEN 'gcc'
    WHEN api LIKE 'https://api-gov.securitycenter.microsoft.us%' THEN 'government'
    ELSE 'public'
END;
