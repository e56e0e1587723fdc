using AsyncMQ.Sqlite.Engine;

namespace AsyncMQ.Sqlite.Records;

/// <summary>Bytes of jobs: short ones lie in the job's row, long ones beside it, so that a claim does not rewrite them.</summary>
internal sealed class Bodies(Database database)
{
    /// <summary>The longest that lies in the row.</summary>
    public const int Longest = 512;

    private readonly Statement write = database.Prepare("jobs/write-body");
    private readonly Statement read = database.Prepare("jobs/read-body");
    private readonly Statement delete = database.Prepare("jobs/delete-body");

    /// <summary>Whether bytes lie beside the row.</summary>
    public static bool IsLong(ReadOnlyMemory<byte> data) => data.Length > Longest;

    /// <summary>Binds what the job's row has to hold: nothing, the bytes, or their number.</summary>
    public static void Bind(Statement statement, ReadOnlyMemory<byte> data)
    {
        if (data.IsEmpty)
            statement.BindNull();
        else if (IsLong(data))
            statement.Bind(data.Length);
        else
            statement.Bind(data.Span);
    }

    /// <summary>Writes bytes beside the row when they are long.</summary>
    public void Write(long handle, JobPart part, ReadOnlyMemory<byte> data)
    {
        if (IsLong(data))
            write.Start().Bind(Key(handle, part)).Bind(data.Span).Run();
    }

    /// <summary>Reads a column of the job's row, and the bytes it points to; null when those are not there.</summary>
    public byte[]? Read(Statement row, int column, long handle, JobPart part)
    {
        if (!row.IsNumber(column))
            return row.Bytes(column);
        if (!read.Start().Bind(Key(handle, part)).Step())
            return null;
        byte[] data = read.Bytes(0);
        read.Reset();
        return data;
    }

    /// <summary>Deletes parts of a job, from one to another.</summary>
    public void Delete(long handle, JobPart first, JobPart last) => delete.Start().Bind(Key(handle, first)).Bind(Key(handle, last)).Run();

    /// <summary>The number of a part of a job.</summary>
    public static long Key(long handle, JobPart part) => (handle * 8) + (int)part;
}
