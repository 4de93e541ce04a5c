import { posix } from 'node:path';
import { VERSION } from '#version.js';
import type { Deployable } from './deployable.js';
import { quoted } from './quoted.js';

/** The tag of the image with Node: a version and a Debian, so that a build next year is a build of today. */
const NODE_IMAGE = 'node:22.23.3-bookworm-slim';
/** Where the image keeps archives, and the Python environment of a handler's requirements. */
const MODELS = '/opt/models';
const PYTHON = '/opt/python';

/** Where SageMaker unpacks the model of an endpoint before it starts an image with the argument `serve`. */
const SAGEMAKER_MODEL = '/opt/ml/model';

/** The command line of the container: our runner under its name there. `more` are further flags, `source` is by default the archive of the image. */
export function serveCommand(
  archive: Deployable,
  more: readonly string[] = [],
  source = `${MODELS}/${archive.fileName}`,
): string[] {
  const python = archive.requirements === undefined ? [] : ['--python', `${PYTHON}/bin/python`];
  return ['mar', 'serve', '--host', '0.0.0.0', ...python, ...more, source];
}

/** The recipe of a container that serves the archive beside it; not root, ready when its model is. */
export function dockerfile(archive: Deployable): string {
  const { fileName, requirements } = archive;
  const lines = [
    `FROM ${NODE_IMAGE}`,
    ...(archive.isPython ? aptPython(requirements !== undefined) : []),
    `RUN npm install --global --ignore-scripts model-archiver@${VERSION}`,
    `COPY ${fileName} ${MODELS}/`,
    ...(requirements === undefined ? [] : installed(fileName, requirements)),
    ...serveProgram(archive),
    'USER 1000',
    'WORKDIR /tmp',
    'EXPOSE 8080',
    'STOPSIGNAL SIGTERM',
    `HEALTHCHECK --interval=10s --timeout=5s --start-period=120s CMD ${JSON.stringify(HEALTH)}`,
    // Without the base image's own, an argument is the program that runs, whichever it is.
    'ENTRYPOINT []',
    'CMD ["serve"]',
  ];
  return `${lines.join('\n')}\n`;
}

/** Leaves with 0 while the server is ready. */
const HEALTH = [
  'node',
  '-e',
  "fetch('http://127.0.0.1:8080/ready').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))",
];

function aptPython(withVenv: boolean): string[] {
  const packages = withVenv ? 'python3 python3-venv' : 'python3';
  return [
    '# hadolint ignore=DL3008',
    `RUN apt-get update && apt-get install -y --no-install-recommends ${packages} && rm -rf /var/lib/apt/lists/*`,
  ];
}

/** pip looks for what a line names where it runs: beside the requirements in the unpacked archive, of which nothing stays. */
function installed(fileName: string, requirements: string): string[] {
  const folder = posix.join('/tmp/model', posix.dirname(requirements));
  const unpack = `mar extract --quiet ${MODELS}/${fileName} /tmp/model && cd ${quoted(folder)}`;
  const pip = `${PYTHON}/bin/pip install --no-cache-dir --requirement ${quoted(posix.basename(requirements))}`;
  return ['# hadolint ignore=DL3003', `RUN python3 -m venv ${PYTHON} && ${unpack} && ${pip} && rm -rf /tmp/model`];
}

/**
 * The program `serve`, which the image runs, and SageMaker by its name. A model that the platform brings is served in place of the image's, and
 * one that cannot be read or served keeps it from starting: no other model than the endpoint's ever answers.
 */
function serveProgram(archive: Deployable): string[] {
  const seen = `[ -e ${SAGEMAKER_MODEL} ] && [ -n "$(ls -A ${SAGEMAKER_MODEL} || echo unreadable)" ]`;
  const lines = [
    '#!/bin/sh',
    `model=${MODELS}/${archive.fileName}`,
    `if ${seen}; then model=${SAGEMAKER_MODEL}; fi`,
    `exec ${serveCommand(archive, [], '"$model"').join(' ')} "$@"`,
  ];
  const program = '/usr/local/bin/serve';
  return [
    `# SageMaker starts an image with "serve"; the model that it brings, if any, lies in ${SAGEMAKER_MODEL}.`,
    '# hadolint ignore=SC2016',
    `RUN printf '%s\\n' ${lines.map(quoted).join(' \\\n  ')} > ${program} && chmod 755 ${program}`,
  ];
}

/** Nothing but the recipe and the archive goes to the builder, whatever lies beside them. */
export function dockerignore({ fileName }: Deployable): string {
  return `*\n!Dockerfile\n!${fileName}\n`;
}
