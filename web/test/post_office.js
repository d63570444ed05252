/**
 * A mail server for tests: takes every mail that comes by SMTP and prints, one JSON line each, what another program than
 * the one that wrote it reads in it. The first line is its port. It ends when its standard input does.
 */
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

async function read(stream, session, done) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  const raw = Buffer.concat(parts);
  const mail = await simpleParser(raw, { keepCidLinks: true });
  say({
    envelope: { from: session.envelope.mailFrom.address, to: session.envelope.rcptTo.map((to) => to.address) },
    from: mail.from.value[0],
    to: mail.to.value[0],
    subject: mail.subject,
    message_id: mail.messageId,
    date: mail.date,
    headers: mail.headerLines.map(({ line }) => line),
    text: mail.text,
    html: mail.html,
    pictures: mail.attachments.map(({ cid, contentType, content, related }) => ({ cid, contentType, related, content: content.toString('base64') })),
    raw: raw.toString(),
  });
  done();
}

const office = new SMTPServer({ authOptional: true, hideSTARTTLS: true, onData: (...all) => void read(...all) });
office.listen(0, '127.0.0.1', () => say({ port: office.server.address().port }));
process.stdin.on('end', () => process.exit()).resume();
