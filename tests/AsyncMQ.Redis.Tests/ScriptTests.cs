using System.Reflection;
using AsyncMQ.Redis.Scripting;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Tests;

/// <summary>What a script is made of: its library and its own file, together within what Lua allows.</summary>
public sealed class ScriptTests
{
    public static TheoryData<string> Names =>
        [.. typeof(Scripts).GetFields(BindingFlags.Public | BindingFlags.Static).Where(one => one.FieldType == typeof(Script)).Select(one => one.Name)];

    [Theory, MemberData(nameof(Names))]
    public async Task The_server_takes_each_script(string name)
    {
        var script = (Script)typeof(Scripts).GetField(name)!.GetValue(null)!;
        RedisStoreOptions options = await RedisStores.NewOptionsAsync();

        RedisResult hash = await options.Connection!.GetDatabase().ExecuteAsync("SCRIPT", "LOAD", script.Text);

        Assert.Equal(Convert.ToHexStringLower(script.Hash), (string?)hash);
    }
}
