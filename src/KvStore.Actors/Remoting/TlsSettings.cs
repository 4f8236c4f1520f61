using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KvStore.Actors.Configuration;

namespace KvStore.Actors.Remoting;

/// <summary>
/// How connections are encrypted: <c>akka.remote.dot-netty.tcp.ssl</c>, with Akka.NET's keys and defaults. Whom a node believes is
/// decided by the operating system's trusted roots or, where it is given, by <c>trusted-certificates-path</c> alone: a cluster with
/// its own authority should not let in whoever has a public certificate.
/// </summary>
/// <remarks>
/// Only this engine knows <c>certificate.key-path</c>, for a certificate and key in PEM, and <c>trusted-certificates-path</c>.
/// Certificates in the system's store, by thumbprint, are not read. Revocation is not checked, as on Akka.NET.
/// </remarks>
internal sealed class TlsSettings
{
    private const string Section = "akka.remote.dot-netty.tcp.ssl";

    private readonly SslStreamCertificateContext _identity;
    private readonly X509ChainPolicy? _trust;

    internal TlsSettings(X509Certificate2 certificate, X509Certificate2Collection? intermediates = null, X509Certificate2Collection? trusted = null)
    {
        _identity = SslStreamCertificateContext.Create(certificate, intermediates, offline: true);
        if (trusted is { Count: > 0 })
        {
            _trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
            _trust.CustomTrustStore.AddRange(trusted);
        }
    }

    /// <summary><c>suppress-validation</c>: any certificate will do. For a first try, and for nothing else.</summary>
    internal bool SuppressesValidation { get; init; }

    /// <summary><c>require-mutual-authentication</c>: who connects must show a certificate as well.</summary>
    internal bool RequiresMutualAuthentication { get; init; } = true;

    /// <summary><c>validate-certificate-hostname</c>: the certificate must be made out to the host that was dialled.</summary>
    internal bool ValidatesHostname { get; init; }

    /// <summary>Reads the section, and the files that it names.</summary>
    /// <exception cref="ConfigurationException">There is no certificate with a key, or a file cannot be read.</exception>
    internal static TlsSettings Read(Config config)
    {
        var path = Text(config, "certificate.path")
            ?? throw new ConfigurationException($"{Section}.certificate.path is missing: enable-ssl needs a certificate with its key.");
        var password = Text(config, "certificate.password");
        var (certificate, intermediates) = Text(config, "certificate.key-path") is { } keyPath
            ? Load("certificate", path, () => FromPem(path, keyPath, password))
            : Load("certificate", path, () => FromPkcs12(path, password));
        if (!certificate.HasPrivateKey)
            throw new ConfigurationException($"{Section}.certificate: '{path}' holds no private key.");
        var trusted = Text(config, "trusted-certificates-path") is { } roots ? Load("trusted-certificates-path", roots, () => Roots(roots)) : null;
        return new TlsSettings(certificate, intermediates, trusted)
        {
            SuppressesValidation = config.GetBoolean($"{Section}.suppress-validation"),
            RequiresMutualAuthentication = config.GetBoolean($"{Section}.require-mutual-authentication", @default: true),
            ValidatesHostname = config.GetBoolean($"{Section}.validate-certificate-hostname"),
        };
    }

    internal SslClientAuthenticationOptions ForClient(string host, TlsVerdict verdict) => new()
    {
        TargetHost = host,
        ClientCertificateContext = _identity,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        CertificateChainPolicy = _trust?.Clone(),
        RemoteCertificateValidationCallback = (_, certificate, chain, errors) => verdict.Judge(this, certificate, chain, errors, mustHaveOne: true),
    };

    internal SslServerAuthenticationOptions ForServer(TlsVerdict verdict) => new()
    {
        ServerCertificateContext = _identity,
        ClientCertificateRequired = RequiresMutualAuthentication,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        CertificateChainPolicy = _trust?.Clone(),
        RemoteCertificateValidationCallback = (_, certificate, chain, errors) => verdict.Judge(this, certificate, chain, errors, RequiresMutualAuthentication),
    };

    private static (X509Certificate2, X509Certificate2Collection) FromPkcs12(string path, string? password)
    {
        var all = X509CertificateLoader.LoadPkcs12CollectionFromFile(path, password);
        var own = all.FirstOrDefault(static each => each.HasPrivateKey) ?? throw new CryptographicException("no private key in it");
        all.Remove(own);
        return (own, all);
    }

    private static (X509Certificate2, X509Certificate2Collection) FromPem(string path, string keyPath, string? password)
    {
        using var loose = password is null ? X509Certificate2.CreateFromPemFile(path, keyPath) : X509Certificate2.CreateFromEncryptedPemFile(path, password, keyPath);
        var others = new X509Certificate2Collection();
        others.ImportFromPemFile(path);
        others.Remove(loose);
        // Windows does not take a key that was only ever in memory.
        return (X509CertificateLoader.LoadPkcs12(loose.Export(X509ContentType.Pkcs12), null), others);
    }

    private static X509Certificate2Collection Roots(string path)
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(path);
        return roots.Count > 0 ? roots : throw new CryptographicException("no certificate in it");
    }

    private static T Load<T>(string key, string path, Func<T> load)
    {
        try
        {
            return load();
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ConfigurationException($"{Section}.{key}: '{path}' cannot be used: {e.Message}", e);
        }
    }

    private static string? Text(Config config, string key) => config.GetString($"{Section}.{key}") is { Length: > 0 } text ? text : null;
}
