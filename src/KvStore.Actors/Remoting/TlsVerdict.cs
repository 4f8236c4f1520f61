using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace KvStore.Actors.Remoting;

/// <summary>What was found wrong with a peer's certificate on one connection, in words; the framework only says that something was.</summary>
internal sealed class TlsVerdict
{
    internal string? Objection { get; private set; }

    internal bool Judge(TlsSettings settings, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors, bool mustHaveOne)
    {
        Objection = Find(settings, certificate, chain, errors, mustHaveOne);
        return Objection is null;
    }

    private static string? Find(TlsSettings settings, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors, bool mustHaveOne)
    {
        if (certificate is null)
            return mustHaveOne ? "the peer showed no certificate" : null;
        if (settings.ValidatesHostname && errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return $"the certificate '{certificate.Subject}' is not made out to the host that was dialled";
        if (settings.SuppressesValidation || !errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
            return null;
        var found = chain is null ? "" : string.Join("; ", chain.ChainStatus.Select(static status => status.StatusInformation.Trim()).Distinct(StringComparer.Ordinal));
        return $"the certificate '{certificate.Subject}' is not trusted: {found}";
    }
}

/// <summary>Two nodes could not agree on an encrypted connection. The message says why, for the log.</summary>
internal sealed class TlsFailedException : IOException
{
    public TlsFailedException()
    {
    }

    public TlsFailedException(string message)
        : base(message)
    {
    }

    public TlsFailedException(string message, int hresult)
        : base(message, hresult)
    {
    }

    public TlsFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
