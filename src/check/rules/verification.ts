import { basename } from 'node:path';
import { type FoundVerification, VERIFICATION_ENTRY } from '#conventions/verification.js';
import type { Facts } from '../fact-store.js';
import type { Draft } from '../finding.js';
import { defineRule, type Rule } from '../rule.js';

/** MAR520 to MAR522: records of earlier verifications. */
export const VERIFICATION_RULES: readonly Rule[] = [
  defineRule({
    id: 'MAR520',
    name: 'verification-mismatch',
    severity: 'error',
    summary: 'the archive carries a verification of other content',
    why: 'It says that this archive was run and answered as it should; it was changed since then, by accident or on purpose, and who trusts the record trusts what nobody looked at.',
    remedy: 'Take the archive from its source again, or verify it anew with `mar validate --run --attest=inside`.',
    example: {
      failing: `service.py edited after ${VERIFICATION_ENTRY} was written`,
      passing: 'an archive as it was attested',
    },
    needs: ['verifications', 'integrity'],
    check: (facts) => unfit(facts, 'inside'),
  }),
  defineRule({
    id: 'MAR521',
    name: 'verification-outdated',
    severity: 'warning',
    summary: 'the verification beside the archive is of other content',
    why: 'The archive was built again, or replaced, since it was verified: the file beside it says nothing about this one.',
    remedy: 'Verify it anew with `mar validate --run --attest`, or remove the file.',
    example: {
      failing: 'model.mar built after model.mar.verification.json was written',
      passing: 'both as they were written',
    },
    needs: ['verifications', 'integrity'],
    check: (facts) => unfit(facts, 'beside'),
  }),
  defineRule({
    id: 'MAR522',
    name: 'verification-invalid',
    severity: 'warning',
    summary: 'a verification cannot be read',
    why: 'It proves nothing, and who looks for one finds it.',
    remedy: 'Remove it, or write it anew; schemas/verification.schema.json describes the format.',
    example: { failing: '{ "verified": true }', passing: 'what `mar validate --run --attest` writes' },
    needs: ['verifications'],
    *check({ verifications }) {
      for (const found of verifications)
        if (found.problem !== undefined) yield { message: `${nameOf(found)} ${found.problem}`, ...placeOf(found) };
    },
  }),
];

function* unfit(
  { verifications, integrity }: Pick<Facts, 'verifications' | 'integrity'>,
  where: FoundVerification['where'],
): Iterable<Draft> {
  for (const found of verifications) {
    const expected = found.verification?.content.sha256;
    const actual = integrity.content?.sha256;
    if (found.where !== where || expected === undefined || actual === expected) continue;
    yield {
      message: `${nameOf(found)} is about other content`,
      ...placeOf(found),
      found: actual ?? 'content that cannot be read',
      expected,
    };
  }
}

const nameOf = ({ where, name }: FoundVerification): string => (where === 'inside' ? name : basename(name));
const placeOf = ({ where, name }: FoundVerification): Pick<Draft, 'at'> =>
  where === 'inside' ? { at: { entry: name } } : {};
