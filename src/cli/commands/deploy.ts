import { Command } from 'commander';
import { type Deployment, type DeployOptions, deployDocker, deployKserve, deploySagemaker } from '#index.js';
import type { CommandContext, Io } from '../command.js';
import { addExamples } from '../examples.js';
import { ARCHIVES, argument, DIRECTORIES, option } from '../values.js';
import { wholeNumber } from '../whole-number.js';

/** `mar deploy`: what a container platform needs to run an archive. */
export function deployCommand(context: CommandContext): Command {
  const command = new Command('deploy')
    .description('write what Docker, KServe or SageMaker needs to run an archive')
    .addCommand(dockerCommand(context))
    .addCommand(kserveCommand(context))
    .addCommand(sagemakerCommand(context))
    .helpCommand(false);
  return addExamples(command, [
    ['mar deploy docker resnet-152.mar', 'a Dockerfile and the archive in resnet-152-docker'],
    ['mar deploy kserve resnet-152.mar --image registry.example/resnet:1 --measure', 'an InferenceService'],
    ['mar deploy sagemaker --help', 'what the three requests of an endpoint need'],
  ]);
}

interface Common {
  readonly out?: string;
  readonly force?: true;
  readonly json?: true;
}

/** A subcommand that takes an archive. */
function deployTo(place: string, description: string): Command {
  return new Command(place).description(description).addArgument(argument('<archive>', 'a .mar or .tar.gz', ARCHIVES));
}

/** The flags of all of them, and what is done with them. */
function finished<Flags extends Common>(
  command: Command,
  place: string,
  io: Io,
  deploy: (archive: string, options: Flags & DeployOptions) => Promise<Deployment>,
): Command {
  return command
    .addOption(option('--out <dir>', `directory for the files (default: NAME-${place})`, DIRECTORIES))
    .option('-f, --force', 'replace files of the same names')
    .option('--json', 'print the result as JSON')
    .action(async (archive: string, flags: Flags) => {
      const deployment = await deploy(archive, { ...flags, cwd: io.cwd, signal: io.signal });
      const [{ jsonReport }, { deployReport }] = await Promise.all([
        import('#report/json.js'),
        import('#report/deploy/text.js'),
      ]);
      io.stdout.write(flags.json ? jsonReport(deployment) : deployReport(deployment, io.stdout.columns));
    });
}

function dockerCommand({ io }: CommandContext): Command {
  const command = deployTo('docker', 'write a Dockerfile that serves an archive with mar serve, not as root');
  return addExamples(finished<Common>(command, 'docker', io, deployDocker), [
    ['mar deploy docker resnet-152.mar --out image', 'then: docker build image'],
  ]);
}

interface KserveFlags extends Common {
  readonly image: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly workers?: number;
  readonly cpu?: string;
  readonly memory?: string;
  readonly measure?: true;
}

function kserveCommand({ io }: CommandContext): Command {
  const command = deployTo('kserve', 'write a KServe InferenceService for the container of mar deploy docker')
    .requiredOption('--image <image>', 'that container, where the cluster pulls it')
    .option('--name <name>', "name of the service (default: the model's, made valid)")
    .option('--namespace <namespace>', 'namespace of Kubernetes')
    .option('--workers <n>', 'workers of each container (default: 1)', wholeNumber(1))
    .option('--cpu <quantity>', 'processors to request: 1, 500m')
    .option('--memory <quantity>', 'memory to request: 512Mi, 2Gi')
    .option('--measure', 'run the archive, contained as by validate --run, and request the memory that it takes');
  return addExamples(finished<KserveFlags>(command, 'kserve', io, deployKserve), [
    ['mar deploy kserve resnet-152.mar --image registry.example/resnet:1 --cpu 1 --measure', 'memory as measured'],
  ]);
}

interface SagemakerFlags extends Common {
  readonly image: string;
  readonly role: string;
  readonly modelData: string;
  readonly instanceType: string;
  readonly instanceCount?: number;
  readonly name?: string;
}

function sagemakerCommand({ io }: CommandContext): Command {
  const command = deployTo('sagemaker', 'write the bodies of CreateModel, CreateEndpointConfig and CreateEndpoint')
    .requiredOption('--image <uri>', 'container image in a registry that SageMaker reaches')
    .requiredOption('--role <arn>', 'role that the endpoint runs as')
    .requiredOption('--model-data <s3>', 'where the tarball will lie: s3://BUCKET/KEY.tar.gz')
    .requiredOption('--instance-type <type>', 'ml.m5.large')
    .option('--instance-count <n>', 'instances (default: 1)', wholeNumber(1))
    .option('--name <name>', "name of model, configuration and endpoint (default: the model's, made valid)");
  return addExamples(finished<SagemakerFlags>(command, 'sagemaker', io, deploySagemaker), [
    [
      'mar deploy sagemaker resnet.tar.gz --image URI --role ARN --model-data s3://b/resnet.tar.gz --instance-type ml.m5.large',
      'three files, in the order of the requests',
    ],
  ]);
}
