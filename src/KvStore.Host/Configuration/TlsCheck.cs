using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KvStore.Hocon;

namespace KvStore.Host.Configuration;

/// <summary>
/// Reads what is said about TLS between nodes before the engine does. An engine passes over a key that it does not know, and the node
/// would start with less protection than its configuration asks for; and some engines look at the certificate only when a peer connects.
/// </summary>
internal static class TlsCheck
{
    private const string EnableSsl = "akka.remote.dot-netty.tcp.enable-ssl";
    private const string Section = "akka.remote.dot-netty.tcp.ssl";
    private const string Mutual = $"{Section}.require-mutual-authentication";
    private const string Path = $"{Section}.certificate.path";
    private const string KeyPath = $"{Section}.certificate.key-path";
    private const string Roots = $"{Section}.trusted-certificates-path";
    private const string Thumbprint = $"{Section}.certificate.thumbprint";
    private const string FromStore = $"{Section}.certificate.use-thumbprint-over-file";

    /// <summary>Throws for the first thing that is wrong.</summary>
    /// <param name="chosen">What the file, the environment and the command line say.</param>
    /// <param name="honours">Whether the engine reads the key of that path.</param>
    /// <param name="engine">The engine's name, for the sentence.</param>
    /// <exception cref="HoconException">The engine does not do what is asked, or a certificate can't be used.</exception>
    public static void ThrowIfWrong(HoconObject chosen, Func<string, bool> honours, string engine)
    {
        var isOn = chosen.GetBoolean(EnableSsl, false);
        var isMutual = chosen.GetBoolean(Mutual, true);
        if (isOn && isMutual && !honours(Mutual))
        {
            throw new HoconException(
                chosen.Find(EnableSsl)!.Position,
                $"{engine} asks no node that joins for a certificate, so whoever reaches the port would get all data: build on a version that does (docs/operations.md), or say {Mutual} = false to have encryption alone");
        }
        // An engine that never asks does what false says.
        if (chosen.Find(Section) is HoconObject section)
            ThrowIfPassedOver(section, Section, path => honours(path) || (path == Mutual && !isMutual), engine);
        if (!isOn)
            return;
        if (honours(FromStore) && chosen.GetBoolean(FromStore, false))
            Use(chosen, Thumbprint, CheckStore);
        else
            Use(chosen, Path, CheckCertificate);
        if (Text(chosen, Roots) is not null)
            Use(chosen, Roots, CheckRoots);
    }

    private static void ThrowIfPassedOver(HoconObject section, string path, Func<string, bool> honours, string engine)
    {
        foreach (var (key, value) in section.Entries)
        {
            var full = $"{path}.{key}";
            if (value is HoconObject inner)
                ThrowIfPassedOver(inner, full, honours, engine);
            else if (!honours(full))
                throw new HoconException(section.KeyPosition(key)!.Value, $"{full} is not a setting of {engine}, which would pass over it in silence; docs/operations.md says what each engine has");
        }
    }

    private static void CheckCertificate(HoconObject chosen, string path)
    {
        ThrowIfMissing(path);
        var password = Text(chosen, $"{Section}.certificate.password");
        if (Text(chosen, KeyPath) is { } keyPath)
        {
            using var pem = password is null ? X509Certificate2.CreateFromPemFile(path, keyPath) : X509Certificate2.CreateFromEncryptedPemFile(path, password, keyPath);
            return;
        }
        var all = X509CertificateLoader.LoadPkcs12CollectionFromFile(path, password);
        var hasKey = all.Any(static each => each.HasPrivateKey);
        foreach (var each in all)
            each.Dispose();
        if (!hasKey)
            throw new CryptographicException("no private key in it");
    }

    private static void CheckRoots(HoconObject chosen, string path)
    {
        ThrowIfMissing(path);
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(path);
        if (roots.Count == 0)
            throw new CryptographicException("no certificate in it");
        foreach (var root in roots)
            root.Dispose();
    }

    // Looks where and as Akka.NET looks.
    private static void CheckStore(HoconObject chosen, string thumbprint)
    {
        var location = chosen.GetString($"{Section}.certificate.store-location", null) == "local-machine" ? StoreLocation.LocalMachine : StoreLocation.CurrentUser;
        using var store = new X509Store(chosen.GetString($"{Section}.certificate.store-name", null) ?? "", location);
        store.Open(OpenFlags.ReadOnly);
        var found = store.Certificates.Find(X509FindType.FindByThumbprint, thumbprint, validOnly: !chosen.GetBoolean($"{Section}.suppress-validation", false));
        if (!found.Any(static each => each.HasPrivateKey))
            throw new CryptographicException("no valid certificate of that thumbprint, with its key, is in the store");
    }

    // The framework speaks of its own routines where a file is missing.
    private static void ThrowIfMissing(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException("there is no such file");
    }

    private static void Use(HoconObject chosen, string key, Action<HoconObject, string> check)
    {
        var value = Text(chosen, key) ?? throw new HoconException(chosen.Find(EnableSsl)!.Position, $"{EnableSsl} needs a certificate with its key: {key} is missing");
        try
        {
            check(chosen, value);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new HoconException(chosen.Find(key)!.Position, $"{key}: '{value}' can't be used: {e.Message}", e);
        }
    }

    private static string? Text(HoconObject chosen, string key) => chosen.GetString(key, null) is { Length: > 0 } text ? text : null;
}
