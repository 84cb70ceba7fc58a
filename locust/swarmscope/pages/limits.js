// From when on a cell is marked; all are schema/limits.py's but the last, which is the judge's, and tested to be.

export const LIMITS = {
  cpuPercent: 90,
  lagMs: 100,
  clockMs: 100,
  allRunning: 0.95,
  apdexT: 500,
  apdexSmall: 100,
  requestsFor: { p50: 2, p95: 20, p99: 100 },
  interruptedSeconds: 60,
};
