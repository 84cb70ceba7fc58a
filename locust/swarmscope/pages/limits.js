// From when on a cell is marked; the first four are schema/limits.py's, the last the judge's, and tested to be.

export const LIMITS = {
  cpuPercent: 90,
  lagMs: 100,
  clockMs: 100,
  allRunning: 0.95,
  interruptedSeconds: 60,
};
