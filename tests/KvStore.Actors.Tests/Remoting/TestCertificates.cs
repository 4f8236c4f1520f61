using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KvStore.Actors.Remoting;

namespace KvStore.Actors.Tests.Remoting;

/// <summary>An authority of a test's own, and what it issues. Nothing of it is trusted by the system.</summary>
internal sealed class TestCertificates : IDisposable
{
    private static readonly DateTimeOffset s_from = DateTimeOffset.UtcNow.AddDays(-1);

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _root;

    public TestCertificates(string name)
    {
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        _root = request.CreateSelfSigned(s_from, s_from.AddDays(30));
    }

    public X509Certificate2Collection Roots => [X509CertificateLoader.LoadCertificate(_root.RawData)];

    public string RootPem => _root.ExportCertificatePem();

    /// <summary>A node's certificate with its key, made out to a host.</summary>
    public X509Certificate2 Issue(string host = "127.0.0.1")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=node", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out var ip))
            names.AddIpAddress(ip);
        else
            names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        using var bare = request.Create(_root, s_from, s_from.AddDays(20), RandomNumberGenerator.GetBytes(8));
        return X509CertificateLoader.LoadPkcs12(bare.CopyWithPrivateKey(key).Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }

    public TlsSettings Settings(string host = "127.0.0.1", bool mutual = true, bool hostname = false, bool suppress = false) =>
        new(Issue(host), trusted: Roots) { RequiresMutualAuthentication = mutual, ValidatesHostname = hostname, SuppressesValidation = suppress };

    public void Dispose()
    {
        _root.Dispose();
        _key.Dispose();
    }
}
