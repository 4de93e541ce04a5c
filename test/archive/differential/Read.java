import java.io.File;
import java.io.FileInputStream;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;

/** What Java's two readers find in each archive of a directory: lines of tabs, NAME, READER, then entry and digest in turn or "!" and why not. */
public class Read {
    public static void main(String[] args) throws Exception {
        File[] files = new File(args[0]).listFiles();
        Arrays.sort(files);
        StringBuilder out = new StringBuilder();
        for (File file : files) {
            StringBuilder line = new StringBuilder(file.getName()).append("\tstream");
            try (ZipInputStream in = new ZipInputStream(new FileInputStream(file))) {
                for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry())
                    add(line, entry, in);
            } catch (Exception | Error error) {
                line.append("\t!\t").append(plain(error.toString()));
            }
            out.append(line).append('\n');
            line = new StringBuilder(file.getName()).append("\tfile");
            try (ZipFile zip = new ZipFile(file)) {
                for (ZipEntry entry : Collections.list(zip.entries()))
                    try (InputStream in = zip.getInputStream(entry)) {
                        add(line, entry, in);
                    }
            } catch (Exception | Error error) {
                line.append("\t!\t").append(plain(error.toString()));
            }
            out.append(line).append('\n');
        }
        System.out.write(out.toString().getBytes("UTF-8"));
        System.out.flush();
    }

    private static void add(StringBuilder line, ZipEntry entry, InputStream in) throws Exception {
        byte[] content = in.readAllBytes();
        if (entry.isDirectory()) return;
        String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        line.append('\t').append(plain(entry.getName())).append('\t').append(digest);
    }

    private static String plain(String text) {
        return text.replace('\t', ' ').replace('\n', ' ').replace('\r', ' ');
    }
}
