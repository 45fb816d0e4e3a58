// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.page;

import java.io.File;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A headless Chromium, in which somebody uses the page of a console. Each operation waits until it is possible. */
public final class Browser implements AutoCloseable {

    /** Selenium warns that it does not know the newest version of the protocol for developers, which it does not need here. */
    private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final List<String> BROWSERS = List.of("chromium", "chromium-browser", "google-chrome", "chrome");
    private static final String MISSING =
            "Browser tests are skipped: Chromium and chromedriver (Debian: chromium, chromium-driver) are not installed.";

    private static final AtomicBoolean REPORTED = new AtomicBoolean();
    private static final String DRIVER = "chromedriver";

    /** Records in each document what must not happen. */
    private static final String OBSERVERS = """
            window.observed = {shift: 0, problems: []};
            document.addEventListener('securitypolicyviolation', event =>
                observed.problems.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
            window.addEventListener('error', event => observed.problems.push(String(event.message)));
            window.addEventListener('unhandledrejection', event => observed.problems.push(String(event.reason)));
            new PerformanceObserver(list => list.getEntries().forEach(entry => {
              observed.shift += entry.hadRecentInput ? 0 : entry.value;
            })).observe({type: 'layout-shift', buffered: true});
            """;

    private final ChromeDriver driver;
    private int visits;

    private Browser(File binary, File driverBinary) {
        SELENIUM.setLevel(Level.SEVERE);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(binary);
        options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage");
        options.addArguments("--lang=en-US", "--window-size=1280,900", "--hide-scrollbars", "--no-first-run");
        LoggingPreferences logging = new LoggingPreferences();
        logging.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", logging);
        driver = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(driverBinary)
                        .usingAnyFreePort()
                        .withSilent(true)
                        .build(),
                options);
        command("Page.addScriptToEvaluateOnNewDocument", Map.of("source", OBSERVERS));
        command("Network.enable", Map.of());
        command("Performance.enable", Map.of("timeDomain", "threadTicks"));
    }

    /** Starts the installed Chromium. Empty if Chromium or its driver is not installed, which is printed once. */
    public static Optional<Browser> start() {
        Optional<File> binary = BROWSERS.stream().flatMap(Browser::onPath).findFirst();
        Optional<File> driverBinary = onPath(DRIVER).findFirst();
        if ((binary.isEmpty() || driverBinary.isEmpty()) && REPORTED.compareAndSet(false, true)) {
            System.out.println(MISSING);
        }
        return binary.flatMap(browser -> driverBinary.map(driver -> new Browser(browser, driver)));
    }

    private static Stream<File> onPath(String program) {
        return Arrays.stream(String.valueOf(System.getenv("PATH")).split(File.pathSeparator))
                .map(directory -> new File(directory, program))
                .filter(File::canExecute);
    }

    /** Opens a view of a console as a user. */
    public Browser open(URI console, String user, String password, String view) {
        String credentials =
                Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        command("Network.setExtraHTTPHeaders", Map.of("headers", Map.of("Authorization", "Basic " + credentials)));
        visits++;
        driver.get(console + "?" + visits + "#/" + view); // another address, or the page would not be loaded anew
        await("the view", () -> text("#caller").contains(user) && isLoaded());
        return this;
    }

    private boolean isLoaded() {
        return Boolean.TRUE.equals(run("return document.querySelector('main.loading') === null"));
    }

    /** Goes to another view. */
    public Browser show(String view) {
        run("location.hash = arguments[0]", "#/" + view);
        return this;
    }

    /** Leaves the page, and forgets what it has stored. */
    public Browser leave() {
        run("if (location.protocol !== 'data:' && location.protocol !== 'about:') { sessionStorage.clear(); }");
        driver.get("about:blank");
        return this;
    }

    /** Loads the page anew. */
    public Browser reload() {
        driver.navigate().refresh();
        return this;
    }

    /** The view that is shown, as in the address. */
    public String view() {
        return String.valueOf(URI.create(driver.getCurrentUrl()).getRawFragment())
                .replaceFirst("^/", "");
    }

    /** Waits for a condition. Elements that are replaced meanwhile do not matter. */
    public void await(String what, BooleanSupplier condition) {
        try {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(POLL)
                    .ignoreExceptionsInstanceOf(WebDriverException.class)
                    .until(condition::getAsBoolean);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("Waited in vain for " + what + ". The page shows:\n" + text("body"), e);
        }
    }

    /** Waits until the page shows a text. */
    public Browser sees(String text) {
        await("'" + text + "'", () -> text("body").contains(text));
        return this;
    }

    /** Waits until the page no longer shows a text. */
    public Browser seesNo(String text) {
        await("the end of '" + text + "'", () -> !text("body").contains(text));
        return this;
    }

    /** The visible text of the first element with this selector; empty if there is none, or if it is hidden. */
    public String text(String selector) {
        return String.valueOf(run(
                "const element = document.querySelector(arguments[0]);"
                        + "return element?.getClientRects().length ? element.innerText : ''",
                selector));
    }

    /** Clicks a button of the open dialog, or else of the page. */
    public Browser press(String button) {
        String path = "//*[self::button or self::summary][normalize-space()=" + quoted(button) + "]";
        return click(By.xpath(isDialogOpen() ? "//dialog[@open]" + path : path));
    }

    /** Clicks a button in the row, or card, that contains a text. */
    public Browser pressIn(String text, String button) {
        return click(By.xpath("//*[self::tr or self::article or self::section][contains(., " + quoted(text)
                + ")]//button[normalize-space()=" + quoted(button) + "]"));
    }

    /** Follows a link. */
    public Browser follow(String link) {
        return click(By.xpath("//a[normalize-space()=" + quoted(link) + "]"));
    }

    /** Opens the tab of a place. */
    public Browser tab(String place) {
        return click(By.xpath("//nav[@class='tabs']/a[starts-with(., " + quoted(place) + ")]"));
    }

    /** Checks or clears the box with this label. */
    public Browser check(String label) {
        return click(By.cssSelector("input[aria-label='" + label + "']"));
    }

    /** Chooses an option of the open dialog. */
    public Browser choose(String option) {
        return click(By.xpath("//dialog[@open]//label[normalize-space()=" + quoted(option) + "]"));
    }

    /** Clicks the first visible element. */
    public Browser click(By locator) {
        await("an enabled " + locator, () -> {
            Optional<WebElement> target = visible(locator);
            target.ifPresent(WebElement::click);
            return target.isPresent();
        });
        return this;
    }

    /** Replaces the text of the field with this label. */
    public Browser enter(String label, String text) {
        By field = By.xpath("(//dialog[@open] | //body[not(.//dialog[@open])])//*[self::input or self::textarea]"
                + "[@aria-label=" + quoted(label) + " or parent::label[starts-with(normalize-space(), " + quoted(label)
                + ")]]");
        await("the field " + label, () -> visible(field).isPresent());
        WebElement element = visible(field).orElseThrow();
        element.sendKeys(Keys.chord(Keys.CONTROL, "a"), Keys.DELETE);
        element.sendKeys(text);
        return this;
    }

    /** Whether a button with this text is visible. */
    public boolean offers(String button) {
        return visible(By.xpath("//button[normalize-space()=" + quoted(button) + "]"))
                .isPresent();
    }

    private Optional<WebElement> visible(By locator) {
        return driver.findElements(locator).stream()
                .filter(element -> element.isDisplayed() && element.isEnabled())
                .findFirst();
    }

    public boolean isDialogOpen() {
        return Boolean.TRUE.equals(run("return document.querySelector('dialog[open]') !== null"));
    }

    /** Types keys where the focus is. */
    public Browser type(CharSequence... keys) {
        new Actions(driver).sendKeys(keys).perform();
        return this;
    }

    /** Evaluates a script of the test in the page. */
    public Object run(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    /** The number that a script returns. */
    public double number(String script, Object... arguments) {
        return ((Number) run(script, arguments)).doubleValue();
    }

    /** Sets the size of the window. */
    public Browser resize(int width, int height) {
        command(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 500));
        return this;
    }

    /** Sets the preference of the user for a color scheme: light or dark. */
    public Browser prefer(String scheme) {
        List<Map<String, String>> features = List.of(Map.of("name", "prefers-color-scheme", "value", scheme));
        command("Emulation.setEmulatedMedia", Map.of("features", features));
        return this;
    }

    /** Disconnects the browser from the network, or connects it again. */
    public Browser disconnect(boolean offline) {
        command(
                "Network.emulateNetworkConditions",
                Map.of("offline", offline, "latency", 0, "downloadThroughput", -1, "uploadThroughput", -1));
        return this;
    }

    /** Evaluates a script of the test, and returns how long a processor was busy with it, in milliseconds. */
    public double processorMillis(String script, Object... arguments) {
        double before = processorMillis();
        run(script, arguments);
        return processorMillis() - before;
    }

    private double processorMillis() {
        List<?> metrics = (List<?>) command("Performance.getMetrics", Map.of()).get("metrics");
        return metrics.stream()
                .map(metric -> (Map<?, ?>) metric)
                .filter(metric -> "DevToolsCommandDuration".equals(metric.get("name")))
                .mapToDouble(metric -> ((Number) metric.get("value")).doubleValue() * 1000)
                .sum();
    }

    /** How far elements have moved without being asked to, since the page was loaded. */
    public double layoutShift() {
        return number("return observed.shift");
    }

    /** Errors and violations of the security policy since the last call. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        for (LogEntry entry : driver.manage().logs().get(LogType.BROWSER)) {
            problems.add(entry.getLevel() + " " + entry.getMessage());
        }
        ((List<?>) run("return window.observed ? observed.problems.splice(0) : []"))
                .forEach(problem -> problems.add(String.valueOf(problem)));
        return problems;
    }

    /** A picture of the window as PNG. */
    public byte[] picture() {
        return driver.getScreenshotAs(OutputType.BYTES);
    }

    public WebElement focused() {
        return driver.switchTo().activeElement();
    }

    private Map<String, Object> command(String name, Map<String, Object> parameters) {
        return driver.executeCdpCommand(name, parameters);
    }

    /** A text as an XPath literal. */
    private static String quoted(String text) {
        return text.contains("'") ? "\"" + text + "\"" : "'" + text + "'";
    }

    @Override
    public void close() {
        driver.quit();
    }
}
