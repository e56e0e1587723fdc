using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace AsyncMQ.Postgres.Connecting;

/// <summary>What a function takes, in order, each with its type: the server finds the same prepared statement whatever is NULL.</summary>
internal sealed class Arguments
{
    private readonly List<NpgsqlParameter> parameters = [];

    public int Count => parameters.Count;

    /// <summary>Gives them to a command. A parameter is one command's for good, so the next try has copies.</summary>
    public void AddTo(NpgsqlParameterCollection command, bool isFirst)
    {
        foreach (NpgsqlParameter parameter in parameters)
            command.Add(isFirst ? parameter : parameter.Clone());
    }

    /// <summary>The name of a step.</summary>
    public Arguments Add(Storage.StepId step) => Add(step.Session.Value).Add(step.Lane).Add(step.Sequence);

    public Arguments Add(Guid value) => Add(new NpgsqlParameter<Guid> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Uuid });

    public Arguments Add(bool value) => Add(new NpgsqlParameter<bool> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Boolean });

    public Arguments Add(short value) => Add(new NpgsqlParameter<short> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Smallint });

    public Arguments Add(int value) => Add(new NpgsqlParameter<int> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Integer });

    public Arguments Add(long value) => Add(new NpgsqlParameter<long> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Bigint });

    public Arguments Add(int? value) => AddOptional(value, NpgsqlDbType.Integer);

    public Arguments Add(long? value) => AddOptional(value, NpgsqlDbType.Bigint);

    public Arguments Add(TimeSpan? value) => AddOptional(value, NpgsqlDbType.Interval);

    public Arguments Add(bool? value) => AddOptional(value, NpgsqlDbType.Boolean);

    public Arguments Add(DateTimeOffset? value) => AddOptional(value is { } time ? Micros.Of(time) : null, NpgsqlDbType.TimestampTz);

    /// <summary>A name or an id. PostgreSQL's text has no NUL, and neither have they: what somebody looks for with one is nothing's name, as empty text is.</summary>
    public Arguments Add(string? value) => AddOptional(value is null ? null : Askable(value), NpgsqlDbType.Text);

    /// <summary>Text that may have any character: a function takes its bytes.</summary>
    public Arguments AddAnyText(string? value) => AddOptional(value is null ? null : Encoding.UTF8.GetBytes(value), NpgsqlDbType.Bytea);

    public Arguments Add(ReadOnlyMemory<byte> value) => Add(new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Bytea });

    /// <summary>A column of values, one for each of many; null: none has any.</summary>
    public Arguments AddColumn(Array? column, NpgsqlDbType type) =>
        AddOptional(column is string?[] texts && Array.Exists(texts, HasNul) ? Array.ConvertAll(texts, static text => text is null ? null : Askable(text)) : column, NpgsqlDbType.Array | type);

    private static string Askable(string text) => HasNul(text) ? "" : text;

    private static bool HasNul(string? text) => text?.Contains('\0', StringComparison.Ordinal) == true;

    private Arguments AddOptional(object? value, NpgsqlDbType type) => Add(new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = type });

    private Arguments Add(NpgsqlParameter parameter)
    {
        parameters.Add(parameter);
        return this;
    }
}
