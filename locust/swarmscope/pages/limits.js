// From when on a cell is marked; the first three are schema/limits.py's, the last the judge's, and tested to be.

export const LIMITS = {
  cpuPercent: 90,
  lagMs: 100,
  clockMs: 100,
  interruptedSeconds: 60,
};
