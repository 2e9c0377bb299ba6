/*
 * LibVNCServer's encoders on raw frames, and LibVNCClient's decoders on what they give.
 *
 *   vnc-peer tight|zrle QUALITY LEVEL WIDTH HEIGHT FRAMES FILE
 *
 * FILE holds FRAMES pictures of WIDTH x HEIGHT, B, G, R, X, without gaps. QUALITY is Tight's JPEG quality, 0 to 9, or
 * -1 for none; LEVEL its compression level. Every frame that differs from the one before becomes one update: the
 * changed tiles of 64 x 64, neighbours in a row joined into one rectangle. Prints one line of JSON: bytes, the CPU time
 * of encoding and decoding in milliseconds, and the sum of squared errors over R, G, B of all frames.
 *
 * Nothing goes over a socket: rfbWriteExact, ReadFromRFBServer and WriteToRFBServer are ours, and the libraries find
 * them first. So neither side's time has system calls in it. Finding the changed tiles is not counted.
 */
#include <rfb/rfb.h>
#include <rfb/rfbclient.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { TILE = 64 };

/* What the server has written and the client has read of the update in work. */
static char *stream;
static size_t stream_length, stream_room, stream_at;

static void fail(const char *why) {
  fprintf(stderr, "%s\n", why);
  exit(1);
}

int rfbWriteExact(rfbClientPtr client, const char *bytes, int length) {
  (void)client;
  if (length < 0) return -1;
  if (stream_length + (size_t)length > stream_room) {
    stream_room = 2 * (stream_length + (size_t)length);
    stream = realloc(stream, stream_room);
    if (stream == NULL) fail("out of memory");
  }
  memcpy(stream + stream_length, bytes, (size_t)length);
  stream_length += (size_t)length;
  return 1;
}

rfbBool ReadFromRFBServer(rfbClient *client, char *out, unsigned int length) {
  (void)client;
  if (length > stream_length - stream_at) return FALSE;
  memcpy(out, stream + stream_at, length);
  stream_at += length;
  return TRUE;
}

rfbBool WriteToRFBServer(rfbClient *client, const char *bytes, unsigned int length) {
  (void)client;
  (void)bytes;
  (void)length;
  return TRUE;
}

static void quiet(const char *format, ...) { (void)format; }

static double cpu_ms(void) {
  struct timespec now;
  if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) != 0) fail("no CPU clock");
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int number(const char *word, long least, long most) {
  char *end;
  long value = strtol(word, &end, 10);
  if (*word == '\0' || *end != '\0' || value < least || value > most) fail("wrong usage");
  return (int)value;
}

static void put32(uint8_t *at, int32_t value) {
  at[0] = (uint8_t)((uint32_t)value >> 24);
  at[1] = (uint8_t)((uint32_t)value >> 16);
  at[2] = (uint8_t)((uint32_t)value >> 8);
  at[3] = (uint8_t)value;
}

/* The same pixels on both sides: no conversion. */
static void set_format(rfbPixelFormat *format) {
  format->bitsPerPixel = 32;
  format->depth = 24;
  format->trueColour = TRUE;
  format->redMax = format->greenMax = format->blueMax = 255;
  format->redShift = 16;
  format->greenShift = 8;
  format->blueShift = 0;
}

/* A client that has said hello over a pair of sockets and asked for the encoding. */
static rfbClientPtr open_client(rfbScreenInfoPtr screen, int encoding, int quality, int level) {
  int pair[2];
  uint8_t hello[64] = "RFB 003.003\n";
  size_t length = 12;
  int count = quality >= 0 ? 4 : 3;
  hello[length++] = 1; /* ClientInit: shared */
  hello[length++] = 2; /* SetEncodings */
  hello[length++] = 0;
  hello[length++] = 0;
  hello[length++] = (uint8_t)count;
  put32(hello + length, encoding);
  put32(hello + length + 4, (int32_t)rfbEncodingLastRect);
  put32(hello + length + 8, (int32_t)rfbEncodingCompressLevel0 + level);
  put32(hello + length + 12, (int32_t)rfbEncodingQualityLevel0 + quality);
  length += 4 * (size_t)count;
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) fail("no socket");
  if (write(pair[1], hello, length) != (ssize_t)length) fail("no socket");
  rfbClientPtr client = rfbNewClient(screen, pair[0]);
  if (client == NULL) fail("LibVNCServer takes no client");
  for (int message = 0; message < 3; message++) rfbProcessClientMessage(client);
  if (client->state != RFB_NORMAL || client->preferredEncoding != encoding) fail("LibVNCServer refuses the encoding");
  return client;
}

static int tile_differs(const uint8_t *a, const uint8_t *b, int width, int x, int y, int w, int h) {
  for (int row = y; row < y + h; row++) {
    size_t at = ((size_t)row * (size_t)width + (size_t)x) * 4;
    if (memcmp(a + at, b + at, (size_t)w * 4) != 0) return 1;
  }
  return 0;
}

/* Rectangles of changed tiles, four numbers each; the answer is their number. */
static int find_changes(const uint8_t *a, const uint8_t *b, int width, int height, int *rects) {
  int count = 0;
  for (int y = 0; y < height; y += TILE) {
    int h = height - y < TILE ? height - y : TILE;
    int open = 0;
    for (int x = 0; x < width; x += TILE) {
      int w = width - x < TILE ? width - x : TILE;
      int differs = tile_differs(a, b, width, x, y, w, h);
      if (differs && open) rects[4 * count - 2] += w;
      else if (differs) {
        int *rect = rects + 4 * count++;
        rect[0] = x;
        rect[1] = y;
        rect[2] = w;
        rect[3] = h;
      }
      open = differs;
    }
  }
  return count;
}

static void encode(rfbClientPtr client, int encoding, const int *rects, int count) {
  rfbFramebufferUpdateMsg *head = (rfbFramebufferUpdateMsg *)client->updateBuf;
  memset(head, 0, sz_rfbFramebufferUpdateMsg);
  head->type = rfbFramebufferUpdate;
  head->nRects = 0xffff; /* until the last rectangle's mark */
  client->ublen = sz_rfbFramebufferUpdateMsg;
  for (int index = 0; index < count; index++) {
    const int *r = rects + 4 * index;
    rfbBool sent = encoding == rfbEncodingTight ? rfbSendRectEncodingTight(client, r[0], r[1], r[2], r[3])
                                                : rfbSendRectEncodingZRLE(client, r[0], r[1], r[2], r[3]);
    if (!sent) fail("LibVNCServer cannot encode a rectangle");
  }
  if (!rfbSendLastRectMarker(client) || !rfbSendUpdateBuf(client)) fail("LibVNCServer cannot end an update");
}

static double squared_error(const uint8_t *a, const uint8_t *b, size_t pixels) {
  double sum = 0;
  for (size_t at = 0; at < pixels * 4; at += 4) {
    int blue = a[at] - b[at], green = a[at + 1] - b[at + 1], red = a[at + 2] - b[at + 2];
    sum += blue * blue + green * green + red * red;
  }
  return sum;
}

int main(int argc, char **argv) {
  if (argc != 8) fail("wrong usage");
  int encoding = strcmp(argv[1], "zrle") == 0 ? rfbEncodingZRLE : rfbEncodingTight;
  int quality = number(argv[2], -1, 9);
  int level = number(argv[3], 0, 9);
  int width = number(argv[4], 1, 8192);
  int height = number(argv[5], 1, 8192);
  int frames = number(argv[6], 1, 1000000);
  size_t pixels = (size_t)width * (size_t)height;
  FILE *file = fopen(argv[7], "rb");
  if (file == NULL) fail("the frames cannot be read");

  rfbLog = rfbErr = quiet;
  rfbClientLog = rfbClientErr = quiet;
  rfbScreenInfoPtr screen = rfbGetScreen(NULL, NULL, width, height, 8, 3, 4);
  if (screen == NULL) fail("LibVNCServer makes no screen");
  uint8_t *picture = calloc(pixels, 4);
  uint8_t *before = calloc(pixels, 4);
  int *rects = malloc(sizeof(int) * 4 * (size_t)(width / TILE + 1) * (size_t)(height / TILE + 1));
  rfbClient *viewer = rfbGetClient(8, 3, 4);
  if (picture == NULL || before == NULL || rects == NULL || viewer == NULL) fail("out of memory");
  screen->frameBuffer = (char *)picture;
  set_format(&screen->serverFormat);
  rfbClientPtr client = open_client(screen, encoding, quality, level);
  set_format(&viewer->format);
  viewer->width = width;
  viewer->height = height;
  if (!viewer->MallocFrameBuffer(viewer)) fail("out of memory");
  memset(viewer->frameBuffer, 0, pixels * 4);

  double bytes = 0, encoding_ms = 0, decoding_ms = 0, error = 0, last_error = 0;
  for (int frame = 0; frame < frames; frame++) {
    if (fread(picture, 4, pixels, file) != pixels) fail("the frames end early");
    int count = find_changes(picture, before, width, height, rects);
    if (count > 0) {
      stream_length = stream_at = 0;
      double start = cpu_ms();
      encode(client, encoding, rects, count);
      double encoded = cpu_ms();
      if (!HandleRFBServerMessage(viewer) || stream_at != stream_length) fail("LibVNCClient cannot decode an update");
      decoding_ms += cpu_ms() - encoded;
      encoding_ms += encoded - start;
      bytes += (double)stream_length;
      last_error = squared_error(picture, viewer->frameBuffer, pixels);
      memcpy(before, picture, pixels * 4);
    }
    error += last_error;
  }
  printf("{\"bytes\":%.0f,\"encodeMs\":%.3f,\"decodeMs\":%.3f,\"squaredError\":%.0f}\n", bytes, encoding_ms,
         decoding_ms, error);
  return 0;
}
