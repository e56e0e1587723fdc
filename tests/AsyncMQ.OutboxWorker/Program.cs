using System.Diagnostics;
using AsyncMQ;
using AsyncMQ.EntityFrameworkCore;
using AsyncMQ.OutboxWorker;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

// A relay between an SQLite file and a Redis server; it kills its process with its first round's step of that name.
(string file, string redis, string installation, RelayStep last) = (args[0], args[1], args[2], Enum.Parse<RelayStep>(args[3]));

HostApplicationBuilder builder = Host.CreateApplicationBuilder();
builder.Services.AddAsyncMQ(mq => mq.UseRedis(redis, options => options.Name = installation));
builder.Services.AddDbContext<ShopContext>((services, options) => options.UseSqlite($"Data Source={file}").UseAsyncMQOutbox(services));
builder.Services.AddAsyncMQOutboxRelay<ShopContext>(relay =>
{
    relay.PollInterval = TimeSpan.FromMilliseconds(10);
    relay.Reached = step =>
    {
        if (step == last)
            Process.GetCurrentProcess().Kill();
    };
});
await builder.Build().RunAsync();
