import type { ReadProgress } from '#archive/watched.js';

/**
 * Adds up what several parts tell. Each call makes the listener of one part, whose steps follow one another (a download, then its
 * unpacking); `tell` hears the sum, whose `bytes` never go back: `totalBytes` grows with each step that begins.
 */
export function sumOfSteps(tell: (progress: ReadProgress) => void): () => (progress: ReadProgress) => void {
  let bytes = 0;
  let totalBytes = 0;
  return () => {
    let step = { bytes: 0, totalBytes: 0 };
    return (progress) => {
      if (progress.totalBytes !== step.totalBytes || progress.bytes < step.bytes) {
        // The step before is over, though it may have ended early: a comparison stops at the first difference.
        bytes += step.totalBytes - step.bytes;
        totalBytes += progress.totalBytes;
        step = { bytes: 0, totalBytes: progress.totalBytes };
      }
      bytes += progress.bytes - step.bytes;
      step.bytes = progress.bytes;
      tell({ path: progress.path, bytes, totalBytes });
    };
  };
}
