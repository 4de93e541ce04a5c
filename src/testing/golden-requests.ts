import { openArchive } from '#archive/open.js';
import { findManifest } from '#manifest/read-manifest.js';
import { soundManifest } from '#manifest/refuse.js';
import type { ModelRequest } from './ask.js';
import { compareAnswer, type ObservedAnswer } from './compare-answer.js';
import { goldenCaseEntries, goldenRequest, parseGoldenCase } from './read-golden-case.js';

/** A golden case to be asked often: its request, and what stands against an answer to it. */
export interface CaseRequest {
  /** Path of the case inside the archive. */
  readonly path: string;
  readonly request: ModelRequest;
  /** The status that it expects. */
  readonly status: number;
  /** Every difference between an answer and what the case expects; none means that it is right. */
  readonly differences: (answer: ObservedAnswer) => string[];
}

export interface GoldenRequests {
  readonly cases: readonly CaseRequest[];
  /** What is wrong with cases that cannot be asked, a sentence each. */
  readonly problems: readonly string[];
}

/** The name that an archive's manifest gives its model. Throws what keeps the archive from being read or served. */
export async function modelNameIn(source: string): Promise<string> {
  const archive = await openArchive(source);
  try {
    return soundManifest(await findManifest(archive), source).modelName;
  } finally {
    await archive.close();
  }
}

/** The requests of an archive's golden cases, in order of their paths. Throws what keeps the archive from being read. */
export async function goldenRequests(source: string): Promise<GoldenRequests> {
  const archive = await openArchive(source);
  try {
    const cases: CaseRequest[] = [];
    const problems: string[] = [];
    for (const entry of goldenCaseEntries(archive)) {
      const { golden, problems: found } = parseGoldenCase(await archive.bytes(entry));
      if (!golden) {
        problems.push(`${entry.path}: ${found.join('; ')}`);
        continue;
      }
      const { request, expect } = golden;
      const differences = (answer: ObservedAnswer): string[] => compareAnswer(answer, expect);
      const status = expect.status ?? 200;
      cases.push({ path: entry.path, request: await goldenRequest(archive, request), status, differences });
    }
    return { cases, problems };
  } finally {
    await archive.close();
  }
}
