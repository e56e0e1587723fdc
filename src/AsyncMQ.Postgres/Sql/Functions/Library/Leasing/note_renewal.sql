-- A session with a lease was opened or renewed. When nobody had renewed for half a lease, the store was away or its clock jumped: then nothing is recovered
-- for two renewals, so that the first one back does not kill the rest. The rule is RecoveryRules.
CREATE OR REPLACE FUNCTION note_renewal(p_lease interval, p_now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    shorter interval;
BEGIN
    SELECT least(p_lease, renewed_lease) INTO shorter FROM meta WHERE p_now - renewed_at > least(p_lease, renewed_lease) / 2;
    UPDATE meta SET renewed_at = p_now, renewed_lease = p_lease,
        recovery_from = CASE WHEN shorter IS NULL THEN recovery_from ELSE greatest(recovery_from, p_now + 2 * (shorter / 5)) END;
END $$;
