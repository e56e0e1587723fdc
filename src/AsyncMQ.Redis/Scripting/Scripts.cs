namespace AsyncMQ.Redis.Scripting;

/// <summary>Every script: one transition, or one look, each.</summary>
internal static class Scripts
{
    public static readonly Script Add = Script.Load("Producing/add", ScriptKind.Grows);
    public static readonly Script Exchange = Script.Load("Working/exchange", ScriptKind.Drains);
    public static readonly Script Report = Script.Load("Working/report", ScriptKind.Drains);
    public static readonly Script RaiseLayout = Script.Load("Leasing/raise_layout", ScriptKind.Drains);
    public static readonly Script Open = Script.Load("Leasing/open", ScriptKind.Drains);
    public static readonly Script Renew = Script.Load("Leasing/renew", ScriptKind.Drains);
    public static readonly Script Close = Script.Load("Leasing/close", ScriptKind.Drains);
    public static readonly Script Recover = Script.Load("Leasing/recover", ScriptKind.Drains);
    public static readonly Script AdministerJobs = Script.Load("Tending/administer_jobs", ScriptKind.Drains);
    public static readonly Script AdministerQueue = Script.Load("Tending/administer_queue", ScriptKind.Drains);
    public static readonly Script AdministerSession = Script.Load("Tending/administer_session", ScriptKind.Drains);
    public static readonly Script Maintain = Script.Load("Tending/maintain", ScriptKind.Drains);
    public static readonly Script MoveClock = Script.Load("Tending/move_clock", ScriptKind.Drains);
    public static readonly Script Find = Script.Load("Looking/find", ScriptKind.Reads);
    public static readonly Script Page = Script.Load("Looking/page", ScriptKind.Reads);
    public static readonly Script Count = Script.Load("Looking/count", ScriptKind.Reads);
    public static readonly Script Queues = Script.Load("Looking/queues", ScriptKind.Reads);
    public static readonly Script Sessions = Script.Load("Looking/sessions", ScriptKind.Reads);
    public static readonly Script Claims = Script.Load("Looking/claims", ScriptKind.Reads);
    public static readonly Script AuditQueue = Script.Load("Looking/audit_queue", ScriptKind.Reads);
    public static readonly Script AuditKeys = Script.Load("Looking/audit_keys", ScriptKind.Reads);
    public static readonly Script AuditStore = Script.Load("Looking/audit_store", ScriptKind.Reads);
    public static readonly Script Owner = Script.Load("Looking/owner", ScriptKind.Reads);
    public static readonly Script Keys = Script.Load("Looking/keys", ScriptKind.Reads);
    public static readonly Script Lanes = Script.Load("Looking/lanes", ScriptKind.Reads);
    public static readonly Script UpsertSchedule = Script.Load("Scheduling/upsert", ScriptKind.Grows);
    public static readonly Script ChangeSchedule = Script.Load("Scheduling/change", ScriptKind.Drains);
    public static readonly Script TriggerSchedule = Script.Load("Scheduling/change", ScriptKind.Grows);
    public static readonly Script Tick = Script.Load("Scheduling/tick", ScriptKind.Grows);
    public static readonly Script FindSchedule = Script.Load("Scheduling/find", ScriptKind.Reads);
    public static readonly Script ListSchedules = Script.Load("Scheduling/list", ScriptKind.Reads);
    public static readonly Script DueSchedules = Script.Load("Scheduling/due", ScriptKind.Reads);
    public static readonly Script Occurrences = Script.Load("Scheduling/occurrences", ScriptKind.Reads);
    public static readonly Script Subscribe = Script.Load("Events/subscribe", ScriptKind.Drains);
    public static readonly Script Unsubscribe = Script.Load("Events/unsubscribe", ScriptKind.Drains);
    public static readonly Script ReadEvents = Script.Load("Events/read", ScriptKind.Reads);
    public static readonly Script RecordFigures = Script.Load("Measuring/record", ScriptKind.Grows);
    public static readonly Script ReadFigures = Script.Load("Measuring/read", ScriptKind.Reads);
    public static readonly Script Settings = Script.Load("Looking/settings", ScriptKind.Reads);
    public static readonly Script Flow = Script.Load("Looking/flow", ScriptKind.Reads);
    public static readonly Script Flows = Script.Load("Looking/flows", ScriptKind.Reads);
    public static readonly Script FlowJobs = Script.Load("Looking/flow_jobs", ScriptKind.Reads);
    public static readonly Script AuditLinks = Script.Load("Looking/audit_links", ScriptKind.Reads);
    public static readonly Script AuditTies = Script.Load("Looking/audit_ties", ScriptKind.Reads);
    public static readonly Script Time = Script.Load("Looking/time", ScriptKind.Reads);
}
