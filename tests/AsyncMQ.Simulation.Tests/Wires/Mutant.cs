using AsyncMQ.Simulation.Machine;
using AsyncMQ.Simulation.Witnessing;

namespace AsyncMQ.Simulation.Wires;

/// <summary>
/// Something wrong put into the world on purpose, at a line to the store or at a seam, to prove that the simulation would find it. The witness sees what
/// the processes said and were told, not what a mutant made of it. This one does nothing.
/// </summary>
internal class Mutant
{
    public static Mutant None { get; } = new();

    /// <summary>True: no worker ever polls.</summary>
    public virtual bool HasNoPoll => false;

    /// <summary>True: the end of a session never comes to the store.</summary>
    public virtual bool LosesClose => false;

    /// <summary>True: nobody takes back the claims of the dead.</summary>
    public virtual bool NeverRecovers => false;

    public virtual SessionInfo Open(SessionInfo session) => session;

    public virtual void RenewFailed(SimulatedProcess process)
    {
    }

    /// <summary>An answer in place of the store's; null: the store is asked.</summary>
    public virtual RenewReply? Renew(SimulatedProcess process, RenewStep step) => null;

    public virtual RenewReply Renewed(RenewReply reply) => reply;

    /// <summary>An answer in place of the store's; null: the store is asked.</summary>
    public virtual AddReply? Pretend(AddStep step) => null;

    public virtual AddStep Add(AddStep step, Witness witness) => step;

    public virtual ExchangeStep Exchange(SimulatedProcess process, ExchangeStep step, Witness witness) => step;

    public virtual ExchangeReply Exchanged(SimulatedProcess process, ExchangeStep step, ExchangeReply reply) => reply;

    /// <summary>An answer in place of the store's; null: the store is asked.</summary>
    public virtual ScheduleReply? Pretend(ChangeScheduleStep step, Func<ScheduleRecord?> find) => null;

    /// <summary>An answer in place of the store's; null: the store is asked.</summary>
    public virtual TickReply? Pretend(TickStep step) => null;

    public virtual TickStep Tick(TickStep step, Witness witness) => step;

    public virtual MaintainReply Maintained(MaintainReply reply) => reply;

    public virtual bool Ignores(QueueCommand command) => false;

    public virtual bool Swallows(StoreSignal signal) => false;
}
