using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Linking;

/// <summary>Reads and writes what linked jobs have beside their rows.</summary>
internal sealed class Links(Books books)
{
    private readonly Statement setStatus = books.Database.Prepare("link/set-status");
    private readonly Statement countDown = books.Database.Prepare("link/count-down");

    /// <summary>The link of a job; null when it has none.</summary>
    public Link? Find(long handle)
    {
        Statement row = books.Database.Prepare("link/find").Start().Bind(handle);
        if (!row.Step())
            return null;

        Link? link = Link.Read(row, 0);
        row.Reset();
        return link;
    }

    /// <summary>The edges of a dependent, in the order given, each with its dependency as it is now.</summary>
    public List<Edge> Edges(long dependent)
    {
        List<Edge> edges = [];
        Statement rows = books.Database.Prepare("link/edges").Start().Bind(dependent);
        while (rows.Step())
        {
            edges.Add(new(
                rows.Int(0), rows.OptionalLong(1), rows.Long(2), rows.Text(3), (DependencyStatus)rows.Int(4),
                rows.IsNull(5) ? null : (JobState)rows.Int(5)));
        }

        return edges;
    }

    /// <summary>Writes the link of a new job with its edges.</summary>
    public void Add(JobLinks links, long handle, long queue, in Link link)
    {
        books.Database.Prepare("link/add").Start()
            .Bind(handle).Bind(queue).Bind(link.Open).Bind(links.IsHeldBack).Bind((int)link.Policy).Bind(link.Delay.Ticks).Bind(link.RunAt).Bind(link.Flow)
            .Run();
        Statement add = books.Database.Prepare("link/add-edge");
        foreach (Edge edge in links.Edges)
            add.Start().Bind(handle).Bind(edge.Place).Bind(edge.Dependency).Bind(edge.QueueName).Bind(edge.Id).Bind((int)edge.Status).Run();
    }

    /// <summary>Writes how a job stands to a dependency.</summary>
    public void SetStatus(EdgePlace edge, DependencyStatus status) =>
        setStatus.Start().Bind((int)status).Bind(edge.Dependent).Bind(edge.Place).Run();

    /// <summary>An edge of a job is no longer open. Returns true when it was the last.</summary>
    /// <param name="dependent">The job.</param>
    /// <param name="open">How many were open, or a moment ago.</param>
    public bool CountDown(long dependent, long open)
    {
        if (open > 1 && countDown.Start().Bind(dependent).Run() > 0)
            return false;

        books.Database.Prepare("link/close").Start().Bind(dependent).Run();
        return true;
    }

    /// <summary>Writes how many edges of a job are open.</summary>
    public void SetOpen(long dependent, int open) => books.Database.Prepare("link/set-open").Start().Bind(open).Bind(dependent).Run();

    /// <summary>Deletes what a job had that is gone, and its flow with the last of its jobs. Returns how many edges it had.</summary>
    public int Delete(long handle)
    {
        int edges = books.Database.Prepare("link/delete-edges").Start().Bind(handle).Run();
        long? flow = Find(handle)?.Flow;
        books.Database.Prepare("link/delete").Start().Bind(handle).Run();
        if (flow is { } number)
            books.Database.Prepare("flow/delete-empty").Start().Bind(number).Run();
        return edges;
    }

    /// <summary>The name of a dependency, for people.</summary>
    public JobRef NameOf(long queueName, string id) => new(books.Names.Text(queueName) ?? "?", id);
}

/// <summary>What a linked job has beside its row.</summary>
/// <param name="Policy">What becomes of it when a dependency does not complete.</param>
/// <param name="Delay">Counted from its release.</param>
/// <param name="RunAt">Takes the delay's place.</param>
/// <param name="Flow">The number of its flow.</param>
/// <param name="Open">How many of its edges are open.</param>
internal readonly record struct Link(OnDependencyFailure Policy, TimeSpan Delay, long? RunAt, long? Flow, long Open)
{
    /// <summary>Reads a row, from the policy on; null when there is none in it.</summary>
    public static Link? Read(Statement row, int from) => row.IsNull(from)
        ? null
        : new((OnDependencyFailure)row.Int(from), new(row.Long(from + 1)), row.OptionalLong(from + 2), row.OptionalLong(from + 3), row.Long(from + 4));
}

/// <summary>One dependency of a job.</summary>
/// <param name="Place">Its place in the order given.</param>
/// <param name="Dependency">Its handle; null: its record was gone before the edge was written.</param>
/// <param name="QueueName">The number of its queue's name.</param>
/// <param name="Id">Its id.</param>
/// <param name="Status">How the job stands to it.</param>
/// <param name="State">Its state now; null: its record is gone.</param>
internal readonly record struct Edge(int Place, long? Dependency, long QueueName, string Id, DependencyStatus Status, JobState? State);
