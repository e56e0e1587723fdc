using System.Text;
using SQLitePCL;

namespace AsyncMQ.Sqlite.Engine;

/// <summary>
/// A prepared statement of one connection. Values are bound in the order in which the parameters first appear in the SQL. A statement that has given its
/// last row, or was <see cref="Run"/>, is reset by itself; one that is left earlier has to be <see cref="Reset"/>.
/// </summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 connection;
    private readonly sqlite3_stmt statement;
    private int bound;
    private bool isOpen;

    /// <summary>Prepares <paramref name="sql"/>.</summary>
    public Statement(sqlite3 connection, string sql)
    {
        this.connection = connection;
        int code = raw.sqlite3_prepare_v3(connection, sql, raw.SQLITE_PREPARE_PERSISTENT, out statement);
        if (code != raw.SQLITE_OK)
            throw Fault(code);
    }

    /// <summary>Begins a use of the statement: the next value bound is the first. Values not bound anew stay as they were.</summary>
    public Statement Start()
    {
        if (isOpen)
            Reset();
        bound = 0;
        return this;
    }

    /// <summary>Skips to the parameter behind <paramref name="index"/>, so that those before keep their values.</summary>
    public Statement After(int index)
    {
        bound = index;
        return this;
    }

    public Statement Bind(long value) => Check(raw.sqlite3_bind_int64(statement, ++bound, value));

    public Statement Bind(bool value) => Bind(value ? 1 : 0);

    public Statement Bind(long? value) => value is { } known ? Bind(known) : BindNull();

    public Statement BindNull() => Check(raw.sqlite3_bind_null(statement, ++bound));

    public Statement Bind(string? value)
    {
        if (value is null)
            return BindNull();
        if (value.Length > 256)
            return Check(raw.sqlite3_bind_text(statement, ++bound, Encoding.UTF8.GetBytes(value)));

        Span<byte> bytes = stackalloc byte[768];
        return Check(raw.sqlite3_bind_text(statement, ++bound, bytes[..Encoding.UTF8.GetBytes(value, bytes)]));
    }

    /// <summary>Binds bytes, as they are, also when there are none.</summary>
    public Statement Bind(ReadOnlySpan<byte> value) => value.IsEmpty
        ? Check(raw.sqlite3_bind_zeroblob(statement, ++bound, 0))
        : Check(raw.sqlite3_bind_blob(statement, ++bound, value));

    /// <summary>Binds bytes; null: nothing.</summary>
    public Statement BindOptional(byte[]? value) => value is null ? BindNull() : Bind(value.AsSpan());

    /// <summary>Goes to the next row; false when there is none, and then the statement is ready for its next use.</summary>
    public bool Step()
    {
        int code = raw.sqlite3_step(statement);
        if (code == raw.SQLITE_ROW)
            return isOpen = true;

        if (code != raw.SQLITE_DONE)
        {
            SqliteFault fault = Fault(code);
            Reset();
            throw fault;
        }

        Reset();
        return false;
    }

    /// <summary>Runs a statement without rows to its end. Returns how many rows it changed.</summary>
    public int Run()
    {
        while (Step())
        {
        }

        return raw.sqlite3_changes(connection);
    }

    /// <summary>The one number that the statement gives, or null when there is no row or no value.</summary>
    public long? RunForNumber()
    {
        if (!Step())
            return null;
        long? value = OptionalLong(0);
        Reset();
        return value;
    }

    public long Long(int column) => raw.sqlite3_column_int64(statement, column);

    public int Int(int column) => raw.sqlite3_column_int(statement, column);

    public bool Bool(int column) => Int(column) != 0;

    public long? OptionalLong(int column) => IsNull(column) ? null : Long(column);

    public bool IsNull(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL;

    /// <summary>True for a number: in a column that holds bytes or their number, the bytes lie elsewhere.</summary>
    public bool IsNumber(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_INTEGER;

    public string Text(int column) => raw.sqlite3_column_text(statement, column).utf8_to_string() ?? "";

    public string? OptionalText(int column) => IsNull(column) ? null : Text(column);

    /// <summary>The column's bytes, valid until the next step.</summary>
    public ReadOnlySpan<byte> Span(int column) => raw.sqlite3_column_blob(statement, column);

    public byte[] Bytes(int column) => Span(column).ToArray();

    public void Reset()
    {
        isOpen = false;
        _ = raw.sqlite3_reset(statement);
    }

    public void Dispose() => statement.Dispose();

    private Statement Check(int code) => code == raw.SQLITE_OK ? this : throw Fault(code);

    private SqliteFault Fault(int code) =>
        new(code == raw.SQLITE_MISUSE ? code : raw.sqlite3_extended_errcode(connection), raw.sqlite3_errmsg(connection).utf8_to_string());
}
