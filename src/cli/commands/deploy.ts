import { Command } from 'commander';
import {
  type Deployment,
  type DeployOptions,
  deployDocker,
  deployKserve,
  deploySagemaker,
  type KserveOptions,
  type SagemakerOptions,
} from '#index.js';
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

/** The options of the API that have a flag, and the form of the report. */
type Flags<Options extends DeployOptions> = Options & { readonly json?: true };

/** A subcommand that takes an archive. */
function deployTo(place: string, description: string): Command {
  return new Command(place).description(description).addArgument(argument('<archive>', 'a .mar or .tar.gz', ARCHIVES));
}

/** The flags of all of them, and what is done with them. */
function finished<Options extends DeployOptions>(
  command: Command,
  place: string,
  io: Io,
  deploy: (archive: string, options: Options) => Promise<Deployment>,
): Command {
  return command
    .addOption(option('--out <dir>', `directory for the files (default: NAME-${place})`, DIRECTORIES))
    .option('-f, --force', 'replace files of the same names')
    .option('--json', 'print the result as JSON')
    .action(async (archive: string, flags: Flags<Options>) => {
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
  return addExamples(finished<DeployOptions>(command, 'docker', io, deployDocker), [
    ['mar deploy docker resnet-152.mar --out image', 'then: docker build image'],
  ]);
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
  return addExamples(finished<KserveOptions>(command, 'kserve', io, deployKserve), [
    ['mar deploy kserve resnet-152.mar --image registry.example/resnet:1 --cpu 1 --measure', 'memory as measured'],
  ]);
}

function sagemakerCommand({ io }: CommandContext): Command {
  const command = deployTo('sagemaker', 'write the bodies of CreateModel, CreateEndpointConfig and CreateEndpoint')
    .requiredOption('--image <uri>', 'container image in a registry that SageMaker reaches')
    .requiredOption('--role <arn>', 'role that the endpoint runs as')
    .requiredOption('--model-data <s3>', 'where the tarball will lie: s3://BUCKET/KEY.tar.gz')
    .requiredOption('--instance-type <type>', 'ml.m5.large')
    .option('--instance-count <n>', 'instances (default: 1)', wholeNumber(1))
    .option('--name <name>', "name of model, configuration and endpoint (default: the model's, made valid)");
  return addExamples(finished<SagemakerOptions>(command, 'sagemaker', io, deploySagemaker), [
    [
      'mar deploy sagemaker resnet.tar.gz --image URI --role ARN --model-data s3://bucket/resnet.tar.gz --instance-type ml.m5.large',
      'three files, in the order of the requests',
    ],
  ]);
}
