// From when on a run's numbers are doubtful; all but the last three are schema.py's, and tested to be.

export const LIMITS = {
  cpuPercent: 90,
  lagMs: 100,
  saturatedShare: 0.05,
  clockMs: 100,
  pendingSeconds: 10,
  finalSeconds: 15,
  interruptedSeconds: 60,
};
