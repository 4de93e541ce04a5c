import type { PackageNote } from '../facts/packages/packages.js';
import type { Draft } from '../finding.js';
import { defineRule, type Rule } from '../rule.js';

/** MAR342 and MAR343: packages in the archive that are not what they seem to be. */
export const PACKAGE_RULES: readonly Rule[] = [
  defineRule({
    id: 'MAR342',
    name: 'package-disguised',
    severity: 'error',
    summary: 'a package in the archive takes the place of something else, or names what runs commands as its own',
    why: 'Where it is installed, its modules, commands and entry points are taken for those of others: whoever imports numpy or starts python gets what this package brings.',
    remedy:
      'Do not install it. Take packages from an index, under the names of those who make them, and put your own modules under names of their own.',
    example: {
      failing:
        'a wheel called tools with numpy/__init__.py, with a script called python, or with the entry point os:system',
      passing: 'a wheel called tools with tools/__init__.py',
    },
    needs: ['packages'],
    check: ({ packages }) => noted(packages, 'disguised'),
  }),
  defineRule({
    id: 'MAR343',
    name: 'package-altered',
    severity: 'error',
    summary: 'a wheel in the archive was changed after it was built',
    why: 'The RECORD of a wheel has the digest of each of its files. pip does not look; a source that is not listed, or is another one than was listed, has been put there since.',
    remedy: 'Take the wheel from its index again, or build it again.',
    example: {
      failing: 'a wheel whose dep/__init__.py has another digest than in its RECORD',
      passing: 'the wheel as it was built',
    },
    needs: ['packages'],
    check: ({ packages }) => noted(packages, 'altered'),
  }),
];

/** The notes of one kind, as findings. */
export const noted = (packages: readonly PackageNote[], kind: PackageNote['kind']): Draft[] =>
  packages
    .filter((one) => one.kind === kind)
    .map(({ entry, message }) => ({ message: `${entry} ${message}`, at: { entry } }));
