package ${package};

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.servlet.ServletContext;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Logs how to send the first message. Delete this class when you no longer need it. */
@ApplicationScoped
public class FirstMessage {

    private static final Logger LOG = System.getLogger(FirstMessage.class.getName());

    void explain(@Observes @Initialized(ApplicationScoped.class) ServletContext web) {
        String url = "http://localhost:" + Integer.getInteger("jboss.http.port", 8080) + web.getContextPath() + "/orders";
        LOG.log(Level.INFO, """
                The application is running. Send the first message with

                  curl -H 'Content-Type: application/json' -d '{"item":"tea","quantity":2}' %s
                """.formatted(url));
    }
}
