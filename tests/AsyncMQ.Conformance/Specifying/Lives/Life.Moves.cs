namespace AsyncMQ.Conformance.Specifying;

/// <content>The transitions, each as the contract tells it.</content>
internal readonly partial record struct Life
{
    public Life Add(bool delayed, bool limited)
    {
        if (State is not (null or JobState.Cancelled))
            return Did(Deed.Add, Answer.Duplicate);

        Life added = this with
        {
            State = delayed ? JobState.Delayed : JobState.Waiting,
            DueIn = delayed ? Delay : 0,
            TtlIn = limited ? TimeToLive : Unlimited,
            Adds = Adds + 1,
        };
        return added.Forgotten().Did(Deed.Add, Answer.Created);
    }

    /// <summary>An exchange that asks for one job: expire, promote, claim.</summary>
    public Life Claim(int worker)
    {
        Life life = Expired();
        if (life is { State: JobState.Delayed, DueIn: 0 })
            life = life with { State = JobState.Waiting };
        bool knowsName = worker == 0;
        if (life.State != JobState.Waiting || life.IsPaused || (life.IsParked && !knowsName))
            return life.Did(Deed.Claim, Answer.NothingToClaim, worker);

        life = life with { State = JobState.Active, IsParked = false, Attempt = life.Attempt + 1, Starts = life.Starts + 1 };
        return life.With(worker, Hand.Current).Did(Deed.Claim, Answer.Claimed, worker);
    }

    public Life Settle(int worker, Deed deed, bool delayed = false)
    {
        Life life = With(worker, Hand.Empty);
        if (HandOf(worker) != Hand.Current)
            return life.Did(deed, Answer.Lost, worker);

        if (deed is Deed.HandBack or Deed.Park || (deed == Deed.PutBack && !CancelRequested))
            life = life with { Attempt = Attempt - 1, Refunds = Refunds + 1 };
        if (CancelRequested)
            return (life with { State = JobState.Cancelled, CancelRequested = false }).Did(deed, Answer.Cancelled, worker);

        JobState next = deed switch
        {
            Deed.Complete => JobState.Completed,
            Deed.Fail => JobState.Failed,
            Deed.Retry or Deed.PutBack when delayed => JobState.Delayed,
            _ => JobState.Waiting,
        };
        return (life with { State = next, DueIn = next == JobState.Delayed ? Delay : 0, IsParked = deed == Deed.Park })
            .Did(deed, Answer.Applied, worker);
    }

    public Life Report(int worker) => Did(Deed.Report, HandOf(worker) == Hand.Current ? Answer.Applied : Answer.Lost, worker);

    /// <summary>The worker closes its session in good order; its handlers may still try to settle.</summary>
    public Life Leave(int worker)
    {
        Life life = WithLate(worker, false);
        if (HandOf(worker) == Hand.Current)
        {
            life = life.With(worker, Hand.Stale) with
            {
                State = CancelRequested ? JobState.Cancelled : JobState.Waiting,
                CancelRequested = false,
                Attempt = Attempt - 1,
                Refunds = Refunds + 1,
            };
        }

        return life.Did(Deed.Leave, Answer.None, worker);
    }

    public Life Recover(int maxStalls)
    {
        Life life = this;
        for (int worker = 0; worker < 2; worker++)
        {
            if (life.IsLate(worker))
                life = life.Dead(worker, maxStalls);
        }

        return life.Did(Deed.Recover, Answer.None);
    }

    private Life Dead(int worker, int maxStalls)
    {
        Life life = WithLate(worker, false);
        if (HandOf(worker) != Hand.Current)
            return life;
        JobState next = CancelRequested ? JobState.Cancelled : Stalls == maxStalls ? JobState.Failed : JobState.Waiting;
        return life.With(worker, Hand.Stale) with
        {
            State = next,
            CancelRequested = false,
            Attempt = Attempt - 1,
            Stalls = Stalls + 1,
            LostClaims = LostClaims + 1,
        };
    }

    public Life Cancel() => State switch
    {
        null => Did(Deed.Cancel, Answer.NotFound),
        JobState.Active => (this with { CancelRequested = true }).Did(Deed.Cancel, Answer.Requested),
        JobState.Waiting or JobState.Delayed =>
            (this with { State = JobState.Cancelled, DueIn = 0, IsParked = false }).Did(Deed.Cancel, Answer.Done),
        _ => Did(Deed.Cancel, Answer.WrongState),
    };

    public Life Remove()
    {
        if (State is null)
            return Did(Deed.Remove, Answer.NotFound);
        Life life = this with { State = null, DueIn = 0, TtlIn = 0, IsParked = false, CancelRequested = false };
        for (int worker = 0; worker < 2; worker++)
            life = life.HandOf(worker) == Hand.Current ? life.With(worker, Hand.Stale) : life;
        return life.Forgotten().Did(Deed.Remove, Answer.Done);
    }

    public Life RetryByHand()
    {
        if (!IsFinal)
            return Did(Deed.ManualRetry, State is null ? Answer.NotFound : Answer.WrongState);
        Life life = this with { State = JobState.Waiting, Attempt = 0, Stalls = 0, ManualRetries = ManualRetries + 1 };
        return (HasTimeToLive ? life with { TtlIn = TimeToLive } : life).Did(Deed.ManualRetry, Answer.Done);
    }

    public Life Promote() => State == JobState.Delayed
        ? (this with { State = JobState.Waiting, DueIn = 0 }).Did(Deed.Promote, Answer.Done)
        : Did(Deed.Promote, State is null ? Answer.NotFound : Answer.WrongState);

    public Life PutOff() => State is JobState.Delayed or JobState.Waiting
        ? (this with { State = JobState.Delayed, DueIn = Delay, IsParked = false }).Did(Deed.PutOff, Answer.Done)
        : Did(Deed.PutOff, State is null ? Answer.NotFound : Answer.WrongState);

    public Life Pause() => (this with { IsPaused = true }).Did(Deed.Pause, Answer.Done);

    public Life Resume() => (this with { IsPaused = false }).Did(Deed.Resume, Answer.Done);

    public Life Maintain() => Expired().Did(Deed.Maintain, Answer.None);

    /// <summary>A unit of time passes; who is not late renews meanwhile.</summary>
    public Life Pass() => Passed().Did(Deed.Time, Answer.None);

    /// <summary>A unit of time passes, and one worker does not renew.</summary>
    public Life Stall(int worker) => Passed().WithLate(worker, true).Did(Deed.Stall, Answer.None, worker);

    /// <summary>A worker that was late is back before anybody declared it dead.</summary>
    public Life Renew(int worker) => WithLate(worker, false).Did(Deed.Renew, Answer.None, worker);

    private Life Passed() => this with
    {
        DueIn = State == JobState.Delayed ? Math.Max(0, DueIn - 1) : 0,
        TtlIn = State is not null && !IsFinal && HasTimeToLive ? Math.Max(0, TtlIn - 1) : TtlIn,
    };

    private Life Expired() => IsOver && State is JobState.Waiting or JobState.Delayed
        ? this with { State = JobState.Expired, DueIn = 0, IsParked = false }
        : this;

    /// <summary>A new record, or none: nothing is known of the one before.</summary>
    private Life Forgotten() =>
        this with { Attempt = 0, Stalls = 0, IsParked = false, Starts = 0, LostClaims = 0, Refunds = 0, ManualRetries = 0 };

    private Life Did(Deed deed, Answer answer, int who = -1) => this with { Deed = deed, Answer = answer, Who = who };
}
