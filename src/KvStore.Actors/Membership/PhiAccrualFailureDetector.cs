namespace KvStore.Actors.Membership;

/// <summary>
/// Suspects a node from the history of its heartbeats: phi is the negative decimal logarithm of the probability that one comes
/// even later than this (Hayashibara et al. 2004, "The φ accrual failure detector"). The
/// normal distribution's tail is approximated as in Akka. Times are milliseconds on any clock that does not run backwards.
/// </summary>
internal sealed class PhiAccrualFailureDetector
{
    private readonly double _threshold;
    private readonly double _minStdDeviationMs;
    private readonly double _acceptablePauseMs;
    private readonly long[] _intervals;
    private readonly long _firstEstimateMs;
    private int _count;
    private int _next;
    private double _sum;
    private double _squareSum;
    private long _lastMs;

    public PhiAccrualFailureDetector(double threshold, int maxSampleSize, long minStdDeviationMs, long acceptablePauseMs, long firstEstimateMs)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threshold);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSampleSize, 2);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(minStdDeviationMs);
        ArgumentOutOfRangeException.ThrowIfNegative(acceptablePauseMs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(firstEstimateMs);
        _threshold = threshold;
        _minStdDeviationMs = minStdDeviationMs;
        _acceptablePauseMs = acceptablePauseMs;
        _firstEstimateMs = firstEstimateMs;
        _intervals = new long[maxSampleSize];
    }

    public PhiAccrualFailureDetector(MembershipSettings settings)
        : this(settings.FailureThreshold, settings.MaxSampleSize, settings.MinStdDeviationMs, settings.AcceptableHeartbeatPauseMs, settings.HeartbeatIntervalMs)
    {
    }

    /// <summary>True once a heartbeat was recorded; before that, the node counts as healthy.</summary>
    public bool IsMonitoring { get; private set; }

    public void Heartbeat(long nowMs)
    {
        if (!IsMonitoring)
        {
            // Two made-up intervals with a wide deviation, so that the first real ones are not judged by nothing.
            var deviation = _firstEstimateMs / 4;
            Record(_firstEstimateMs - deviation);
            Record(_firstEstimateMs + deviation);
            IsMonitoring = true;
        }
        else if (IsAvailable(nowMs))
        {
            // The pause of a failure stays out of the history, or the next failure would be found much later.
            Record(nowMs - _lastMs);
        }
        _lastMs = nowMs;
    }

    public bool IsAvailable(long nowMs) => Phi(nowMs) < _threshold;

    public double Phi(long nowMs)
    {
        if (!IsMonitoring)
            return 0;
        var mean = _sum / _count;
        var deviation = Math.Max(Math.Sqrt(Math.Max(0, (_squareSum / _count) - (mean * mean))), _minStdDeviationMs);
        return Phi(nowMs - _lastMs, mean + _acceptablePauseMs, deviation);
    }

    internal static double Phi(double elapsedMs, double meanMs, double deviationMs)
    {
        var y = (elapsedMs - meanMs) / deviationMs;
        var e = Math.Exp(-y * (1.5976 + (0.070566 * y * y)));
        return elapsedMs > meanMs ? -Math.Log10(e / (1 + e)) : -Math.Log10(1 - (1 / (1 + e)));
    }

    private void Record(long intervalMs)
    {
        if (_count == _intervals.Length)
        {
            var oldest = _intervals[_next];
            _sum -= oldest;
            _squareSum -= (double)oldest * oldest;
        }
        else
        {
            _count++;
        }
        _intervals[_next] = intervalMs;
        _next = (_next + 1) % _intervals.Length;
        _sum += intervalMs;
        _squareSum += (double)intervalMs * intervalMs;
    }
}
