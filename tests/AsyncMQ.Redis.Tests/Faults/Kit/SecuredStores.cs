using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Tests.Faults.Kit;

/// <summary>Stores on a server that asks for a password and speaks TLS.</summary>
internal sealed class SecuredStores() : SharedServerStores(() => Shared.Value)
{
    public const string Password = "a-secret";

    private static readonly Lazy<Task<RunningServer>> Shared = new(StartAsync);

    private static async Task<RunningServer> StartAsync()
    {
        string folder = Directory.CreateTempSubdirectory("asyncmq-tls-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        (string certificate, string key) = WriteCertificate(folder);
        int port = OwnServer.FreePort();
        OwnServer server = await OwnServer.StartAsync(
            $",password={Password}",
            [
                "--requirepass", Password, "--tls-port", $"{port}", "--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", certificate,
                "--tls-auth-clients", "no", "--appendfsync", "everysec",
            ]);
        server.EndWithTheRun();
        ConfigurationOptions options = ConfigurationOptions.Parse($"127.0.0.1:{port},ssl=true,sslHost=localhost,password={Password},connectTimeout=30000,asyncTimeout=30000,syncTimeout=30000");
        options.TrustIssuer(certificate);
        return new($"127.0.0.1:{port}", await ConnectionMultiplexer.ConnectAsync(options), await ConnectionMultiplexer.ConnectAsync(options));
    }

    // A certificate that vouches for itself.
    private static (string Certificate, string Key) WriteCertificate(string folder)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        (string, string) files = (Path.Combine(folder, "certificate.pem"), Path.Combine(folder, "key.pem"));
        File.WriteAllText(files.Item1, certificate.ExportCertificatePem());
        File.WriteAllText(files.Item2, key.ExportPkcs8PrivateKeyPem());
        return files;
    }
}
