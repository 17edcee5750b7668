#!/usr/bin/python3
"""The kernel's side of ShapedConversations: every shape of shapes.txt, thousands of connections under way at once.

shapes.py serve FILE BASE                  listens on port BASE + line, prints "ready", reports at SIGTERM
shapes.py open FILE BASE EACH AT_ONCE ADDRESS...
                                           opens EACH connections of every shape to every address, then reports

A report is a line a shape: name, ended as the shape says, ended otherwise, bytes sent, bytes received.
"""
import errno
import os
import select
import signal
import socket
import struct
import sys
import time

TEXT = bytes((i * 31 + i // 256) & 255 for i in range(1 << 16))
SAME_TUPLE_PORTS = range(5000, 5032)
PATIENCE_SECONDS = 60
RESETS = (errno.ECONNRESET, errno.EPIPE)
ENDS = ('close', 'lost', 'abort', 'give-up')


class Shape:
    def __init__(self, index, line):
        words = line.split()
        self.index, self.name, steps = index, words[0], [word.partition(':') for word in words[1:]]
        steps = [(word, int(number or 0)) for word, _, number in steps]
        # the opener's script ends where it can go no further
        end = next(i for i, (word, _) in enumerate(steps)
                   if word in ('close', 'abort', 'reset', 'refused', 'give-up')) + 1
        if steps[end][0] == 'lost':
            end += 1
        self.opener, self.acceptor = steps[:end], steps[end:]
        self.right = self.wrong = self.sent = self.received = 0
        self.same_tuple = self.name.endswith('-same-tuple')

    def report(self):
        print(self.name, self.right, self.wrong, self.sent, self.received)


class Conversation:
    __slots__ = 'socket', 'shape', 'steps', 'at', 'progress', 'connecting', 'port', 'ended'

    def __init__(self, sock, shape, steps, connecting, port=None):
        self.socket, self.shape, self.steps, self.connecting, self.port = sock, shape, steps, connecting, port
        self.at = self.progress = 0
        self.ended = False


class Peer:
    def __init__(self, shapes):
        self.shapes = shapes
        self.poll = select.epoll()
        self.live = {}

    def watch(self, conversation):
        fd = conversation.socket.fileno()
        self.live[fd] = conversation
        self.poll.register(fd, select.EPOLLIN | select.EPOLLOUT | select.EPOLLRDHUP | select.EPOLLET)

    def over(self, conversation, right, why=''):
        shape = conversation.shape
        if right:
            shape.right += 1
        else:
            shape.wrong += 1
            if shape.wrong < 4:
                step = conversation.steps[min(conversation.at, len(conversation.steps) - 1)]
                print('wrong', shape.name, step, conversation.progress, why)
        if conversation.socket is not None and conversation.socket.fileno() >= 0:
            self.live.pop(conversation.socket.fileno(), None)
            conversation.socket.close()
        self.after(conversation)

    def after(self, conversation):
        pass

    def advance(self, c):
        """Goes as far as it can go without waiting."""
        try:
            if c.connecting:
                error = c.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                if error:
                    raise OSError(error, os.strerror(error))
                try:
                    c.socket.getpeername()
                except OSError:
                    return  # not yet
                c.connecting = False
            while self.step(c):
                c.at += 1
                c.progress = 0
        except BlockingIOError:
            pass
        except OSError as e:
            word = c.steps[c.at][0]
            self.over(c, word == 'maybe' or word == 'reset' and e.errno in RESETS
                      or word == 'refused' and e.errno == errno.ECONNREFUSED, str(e))

    def step(self, c):
        """True when it is done and another follows."""
        word, number = c.steps[c.at]
        sock = c.socket
        if word == 'send' or word == 'sendfin':
            more = socket.MSG_MORE if word == 'sendfin' else 0
            while c.progress < number:
                sent = sock.send(TEXT[c.progress:number], more)
                c.progress += sent
                c.shape.sent += sent
            if more:
                sock.shutdown(socket.SHUT_WR)
        elif word == 'recv':
            while c.progress < number:
                text = sock.recv(number - c.progress)
                if not text or text != TEXT[c.progress:c.progress + len(text)]:
                    self.over(c, False, 'other text, or none: %d bytes' % len(text))
                    return False
                c.progress += len(text)
                c.shape.received += len(text)
        elif word == 'fin':
            sock.shutdown(socket.SHUT_WR)
        elif word == 'eof':
            if sock.recv(1):
                self.over(c, False, 'text where the end was due')
                return False
            c.ended = True
        elif word == 'unread':
            if not sock.recv(1, socket.MSG_PEEK):
                self.over(c, False, 'the end where text was due')
                return False
        elif word == 'reset' or word == 'refused':
            error = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)  # recv says b'' for ever after the end
            if error:
                raise OSError(error, os.strerror(error))
            if not c.ended:
                self.over(c, False, 'the end where a reset was due, or text: %r' % sock.recv(1))
            return False
        elif word == 'maybe':
            if not sock.recv(1 << 16):
                self.over(c, True)
            return False
        elif word == 'abort':
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        if word in ENDS:
            self.over(c, True)
            return False
        return True


class Server(Peer):
    def run(self, base):
        ending = []
        signal.signal(signal.SIGTERM, lambda *_: ending.append(True))
        listeners = {}
        for shape in self.shapes:
            if shape.acceptor[0][0] == '-':
                continue
            for family in (socket.AF_INET, socket.AF_INET6):
                listener = socket.socket(family, socket.SOCK_STREAM)
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                listener.bind(('', base + shape.index))
                listener.listen(4096)
                listener.setblocking(False)
                self.poll.register(listener.fileno(), select.EPOLLIN)
                listeners[listener.fileno()] = listener, shape
        print('ready', flush=True)
        while not ending:
            for fd, _ in self.poll.poll(0.1):
                if fd in listeners:
                    self.accept(*listeners[fd])
                elif fd in self.live:
                    self.advance(self.live[fd])

    def accept(self, listener, shape):
        for _ in range(64):
            try:
                sock, _ = listener.accept()
            except BlockingIOError:
                return
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            conversation = Conversation(sock, shape, shape.acceptor, False)
            self.watch(conversation)
            self.advance(conversation)


class Client(Peer):
    def run(self, base, each, at_once, addresses):
        self.base = base
        todo = [(shape, address) for _ in range(each) for shape in self.shapes if not shape.same_tuple
                for address in addresses]
        todo.reverse()
        # a chain of connections for each port, one after the other
        self.chains = {}
        for shape in self.shapes:
            if shape.same_tuple:
                for address in addresses:
                    for i in range(each):
                        port = SAME_TUPLE_PORTS[i % len(SAME_TUPLE_PORTS)]
                        self.chains.setdefault((shape, address, port), []).append(port)
        self.retries = list(self.chains)
        end = time.monotonic() + PATIENCE_SECONDS
        while todo or self.live or self.retries:
            if time.monotonic() > end:
                for c in list(self.live.values())[:10]:
                    print('stuck', c.shape.name, c.steps[c.at], c.progress, c.socket.getsockname())
                print('not done:', len(self.live), 'under way,', len(todo), 'to come')
                break
            while todo and len(self.live) < at_once:
                self.open(*todo.pop())
            retries, self.retries = self.retries, []
            for chain in retries:
                self.next_of(chain)
            for fd, _ in self.poll.poll(0.001 if self.retries else 0.1):
                if fd in self.live:
                    self.advance(self.live[fd])

    def next_of(self, chain):
        shape, address, port = chain
        if self.chains[chain] and self.open(shape, address, port):
            self.chains[chain].pop()
        elif self.chains[chain]:
            self.retries.append(chain)

    def after(self, conversation):
        if conversation.port:
            self.retries.append(conversation.port)

    def open(self, shape, address, port=None):
        """False where the kernel has not yet forgotten the last connection of the tuple."""
        family = socket.AF_INET6 if ':' in address else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if port:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                sock.bind(('', port))
            except OSError:
                sock.close()
                return False
        try:
            sock.connect((address, self.base + shape.index))
        except BlockingIOError:
            pass
        except OSError as e:
            sock.close()
            if port and e.errno == errno.EADDRNOTAVAIL:
                return False
            raise
        conversation = Conversation(sock, shape, shape.opener, True, (shape, address, port) if port else None)
        if shape.opener[0][0] == 'give-up':
            self.over(conversation, True)
            return True
        self.watch(conversation)
        return True


def main():
    way, file, base, *rest = sys.argv[1:]
    with open(file) as lines:
        texts = [line for line in lines if line.strip() and not line.startswith('#')]
    shapes = [Shape(i, line) for i, line in enumerate(texts)]
    if way == 'serve':
        Server(shapes).run(int(base))
    else:
        Client(shapes).run(int(base), int(rest[0]), int(rest[1]), rest[2:])
    for shape in shapes:
        shape.report()


main()
