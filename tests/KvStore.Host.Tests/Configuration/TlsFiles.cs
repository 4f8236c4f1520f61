using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KvStore.Host.Tests.Configuration;

/// <summary>A certificate that no node trusts, in the files that a configuration may name.</summary>
internal sealed class TlsFiles
{
    private readonly string _folder;

    public TlsFiles(string folder)
    {
        _folder = folder;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = DateTimeOffset.UtcNow;
        using var certificate = new CertificateRequest("CN=node", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllBytes(Pfx, certificate.Export(X509ContentType.Pkcs12, "secret"));
        using var bare = X509CertificateLoader.LoadCertificate(certificate.RawData);
        File.WriteAllBytes(Keyless, bare.Export(X509ContentType.Pkcs12, "secret"));
        File.WriteAllText(Pem, certificate.ExportCertificatePem());
        File.WriteAllText(PemKey, key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>Certificate and key; the password is <c>secret</c>.</summary>
    public string Pfx => Path.Combine(_folder, "node.pfx");

    /// <summary>The same without the key.</summary>
    public string Keyless => Path.Combine(_folder, "keyless.pfx");

    public string Pem => Path.Combine(_folder, "node.pem");

    public string PemKey => Path.Combine(_folder, "node.key");

    /// <summary>The text with the paths in the place of their names.</summary>
    public string In(string text) => text
        .Replace("{pfx}", Pfx, StringComparison.Ordinal)
        .Replace("{keyless}", Keyless, StringComparison.Ordinal)
        .Replace("{pem}", Pem, StringComparison.Ordinal)
        .Replace("{folder}", _folder, StringComparison.Ordinal);
}
