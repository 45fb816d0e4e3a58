# What the example needs of redis-py, which is not part of the build.
import socket


class Redis:
    def __init__(self, host, port):
        self.address = (host, port)

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
        with socket.create_connection(self.address) as connection:
            replies = connection.makefile("rb")
            for command in self.commands:
                words = [word if isinstance(word, bytes) else word.encode() for word in command]
                request = b"*%d\r\n" % len(words)
                for word in words:
                    request += b"$%d\r\n%s\r\n" % (len(word), word)
                connection.sendall(request)
                reply = replies.readline()
                if reply.startswith(b"-"):
                    raise RuntimeError(reply.decode())
