# What the examples need of redis-py, which is not part of the build.
import socket


class Redis:
    def __init__(self, host, port):
        self.address = (host, port)

    def smembers(self, key):
        return set(call(self.address, [("SMEMBERS", key)])[0])

    def eval(self, script, number_of_keys, *keys_and_arguments):
        return call(self.address, [("EVAL", script, number_of_keys, *keys_and_arguments)])[0]

    def pipeline(self, transaction):
        return Pipeline(self.address)


class Pipeline:
    def __init__(self, address):
        self.address = address
        self.commands = [("MULTI",)]

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        pass

    def set(self, key, value):
        self.commands.append(("SET", key, value))

    def lpush(self, key, value):
        self.commands.append(("LPUSH", key, value))

    def execute(self):
        self.commands.append(("EXEC",))
        call(self.address, self.commands)


def call(address, commands):
    with socket.create_connection(address) as connection:
        replies = connection.makefile("rb")
        return [reply(connection, replies, command) for command in commands]


def reply(connection, replies, command):
    words = [word if isinstance(word, bytes) else str(word).encode() for word in command]
    request = b"*%d\r\n" % len(words)
    for word in words:
        request += b"$%d\r\n%s\r\n" % (len(word), word)
    connection.sendall(request)
    return read(replies)


def read(replies):
    line = replies.readline()
    if line.startswith(b"-"):
        raise RuntimeError(line.decode())
    if line.startswith(b"*"):
        return [read(replies) for _ in range(int(line[1:]))]
    if line.startswith(b"$"):
        return replies.read(int(line[1:]) + 2)[:-2]
    return line[1:].strip()
